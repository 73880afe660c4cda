//! The second lock: on PostgreSQL the database itself keeps the rows of a dossier from whoever has no business in its
//! house, whatever a statement asks.
//!
//! A transaction says at its beginning for whom it works (`second_lock_enter`), and what it said ends with it. It then
//! finds the rows of the houses in which that professional holds an active assignment; of a dossier under strict
//! confidentiality (radicalisering) only with an assignment at that dossier; the identity of who reported trafficking
//! (D27) only where the covenant could show it. A transaction that said nothing finds nothing. The owner of the tables is
//! bound as well: a later step that changes rows lifts FORCE for its own transaction.
//!
//! It is wider than access on purpose and decides nothing: what it lets through is still scoped by presence and judged by
//! the covenant. SQLite has no such thing and gets nothing from this step.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables whose rows name their dossier and are found through it alone.
const OF_DOSSIER: [&str; 13] = [
    "person",
    "aanmelding",
    "brp_check",
    "bekendheidscheck",
    "verrijking",
    "triage",
    "case",
    "plan",
    "action",
    "overdracht",
    "afwijking",
    "geheimhoudingsverklaring",
    "inbreng",
];

/// What a transaction has said, as the policies read it. What was never said is empty.
const SAID: &str = "
    CREATE FUNCTION second_lock_uuids(said text) RETURNS uuid[] LANGUAGE sql STABLE AS $$
        SELECT coalesce(nullif(current_setting('vangnet.' || said, true), ''), '{}')::uuid[]
    $$;
    CREATE FUNCTION second_lock_texts(said text) RETURNS text[] LANGUAGE sql STABLE AS $$
        SELECT coalesce(nullif(current_setting('vangnet.' || said, true), ''), '{}')::text[]
    $$;
    CREATE FUNCTION second_lock_at() RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT nullif(current_setting('vangnet.at', true), '')::timestamptz
    $$;
    CREATE FUNCTION second_lock_say(said text, value text) RETURNS void LANGUAGE sql AS $$
        SELECT set_config('vangnet.' || said, value, true)
    $$;";

/// Says for whom a transaction works. The houses follow from the assignments. One that is `seeking` looks without one in
/// all houses where the organisation keeps a desk or has signed, which break-glass alone does.
const ENTER: &str = "
    CREATE FUNCTION second_lock_enter(
        viewer uuid, organisation uuid, desks uuid[], at timestamptz, seeking boolean
    ) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        own uuid[];
        houses text[];
        compartments uuid[];
    BEGIN
        PERFORM second_lock_say('viewer', ARRAY[viewer]::text);
        PERFORM second_lock_say('organisation', ARRAY[organisation]::text);
        PERFORM second_lock_say('desks', desks::text);
        PERFORM second_lock_say('at', at::text);
        IF seeking THEN
            PERFORM second_lock_say('sought', ARRAY(
                SELECT k.house FROM desk k WHERE k.organisation_id = second_lock_enter.organisation
                UNION SELECT s.house FROM signature s WHERE s.organisation_id = second_lock_enter.organisation
            )::text);
        END IF;
        own := ARRAY(
            SELECT DISTINCT a.dossier_id FROM assignment a
            WHERE (a.professional_id = viewer OR a.desk_id = ANY (desks))
                AND a.valid_from <= at AND (a.valid_until IS NULL OR a.valid_until > at)
        );
        PERFORM second_lock_say('strict', own::text);
        SELECT array_agg(DISTINCT d.house), array_agg(d.id) FILTER (WHERE d.confidentiality = 'STRIKT')
            INTO houses, compartments FROM dossier d WHERE d.id = ANY (own);
        PERFORM second_lock_say('houses', coalesce(houses, '{}')::text);
        PERFORM second_lock_say('strict', coalesce(compartments, '{}')::text);
    END $$;";

/// A dossier that a transaction opened or changed stays in its sight until it ends: it has no assignment yet, or has
/// become strict.
const KEEP_IN_SIGHT: &str = "
    CREATE FUNCTION second_lock_keep_in_sight() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM second_lock_say('opened', array_append(second_lock_uuids('opened'), NEW.id)::text);
        RETURN NEW;
    END $$;
    CREATE TRIGGER keep_in_sight BEFORE INSERT OR UPDATE OF confidentiality ON dossier
        FOR EACH ROW EXECUTE FUNCTION second_lock_keep_in_sight();";

const OF_HOUSES: &str = "
    CREATE POLICY of_houses ON dossier USING (
        house = ANY ((SELECT second_lock_texts('sought'))::text[])
        OR id = ANY ((SELECT second_lock_uuids('strict'))::uuid[])
        OR (house = ANY ((SELECT second_lock_texts('houses'))::text[]) AND confidentiality <> 'STRIKT')
        OR id = ANY (second_lock_uuids('opened'))
    );
    CREATE POLICY opening ON dossier FOR INSERT WITH CHECK (true);";

/// Beside those of the dossiers in sight everybody finds their own: it is from them that the houses follow.
const OWN: &str = "
    CREATE POLICY of_dossier ON assignment USING (
        professional_id = ANY ((SELECT second_lock_uuids('viewer'))::uuid[])
        OR desk_id = ANY ((SELECT second_lock_uuids('desks'))::uuid[])
        OR EXISTS (SELECT 1 FROM dossier d WHERE d.id = dossier_id)
    );
    CREATE POLICY of_dossier ON break_glass USING (
        professional_id = ANY ((SELECT second_lock_uuids('viewer'))::uuid[])
        OR EXISTS (SELECT 1 FROM dossier d WHERE d.id = dossier_id)
    );
    CREATE POLICY own ON idempotency USING (
        professional_id = ANY ((SELECT second_lock_uuids('viewer'))::uuid[])
    );";

/// P11 and P41 of the model covenant, and whoever supplied it (V05).
const REPORTER: &str = "
    CREATE POLICY reporter ON inbreng AS RESTRICTIVE USING (
        category <> 'D27'
        OR organisation_id = ANY ((SELECT second_lock_uuids('organisation'))::uuid[])
        OR EXISTS (
            SELECT 1 FROM assignment a JOIN organisation o ON o.id = a.organisation_id
            WHERE a.dossier_id = inbreng.dossier_id
                AND (a.involvement = 'PROCESREGIE' OR o.kind = 'AVIM')
                AND (a.professional_id = ANY ((SELECT second_lock_uuids('viewer'))::uuid[])
                    OR a.desk_id = ANY ((SELECT second_lock_uuids('desks'))::uuid[]))
                AND a.valid_from <= second_lock_at()
                AND (a.valid_until IS NULL OR a.valid_until > second_lock_at())
        )
    );";

/// The tables that the second lock keeps.
fn locked() -> impl Iterator<Item = &'static str> {
    OF_DOSSIER.into_iter().chain(["dossier", "assignment", "break_glass", "idempotency"])
}

#[expect(elided_lifetimes_in_paths, reason = "the trait's macro wants the lifetime left out")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        for statement in [SAID, ENTER, KEEP_IN_SIGHT, OF_HOUSES, OWN, REPORTER] {
            connection.execute_unprepared(statement).await?;
        }
        for table in OF_DOSSIER {
            let through = "USING (EXISTS (SELECT 1 FROM dossier d WHERE d.id = dossier_id))";
            let policy = format!("CREATE POLICY of_dossier ON \"{table}\" {through}");
            connection.execute_unprepared(&policy).await?;
        }
        for table in locked() {
            let lock = format!(
                "ALTER TABLE \"{table}\" ENABLE ROW LEVEL SECURITY; \
                 ALTER TABLE \"{table}\" FORCE ROW LEVEL SECURITY"
            );
            connection.execute_unprepared(&lock).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        for table in locked() {
            let unlock = format!(
                "ALTER TABLE \"{table}\" NO FORCE ROW LEVEL SECURITY; \
                 ALTER TABLE \"{table}\" DISABLE ROW LEVEL SECURITY"
            );
            connection.execute_unprepared(&unlock).await?;
        }
        for table in OF_DOSSIER.into_iter().chain(["assignment", "break_glass"]) {
            connection.execute_unprepared(&format!("DROP POLICY of_dossier ON \"{table}\"")).await?;
        }
        connection
            .execute_unprepared(
                "DROP POLICY own ON idempotency; DROP POLICY reporter ON inbreng; \
                 DROP POLICY of_houses ON dossier; DROP POLICY opening ON dossier; \
                 DROP TRIGGER keep_in_sight ON dossier; DROP FUNCTION second_lock_keep_in_sight(); \
                 DROP FUNCTION second_lock_enter(uuid, uuid, uuid[], timestamptz, boolean); \
                 DROP FUNCTION second_lock_say(text, text); DROP FUNCTION second_lock_at(); \
                 DROP FUNCTION second_lock_texts(text); DROP FUNCTION second_lock_uuids(text)",
            )
            .await?;
        Ok(())
    }
}
