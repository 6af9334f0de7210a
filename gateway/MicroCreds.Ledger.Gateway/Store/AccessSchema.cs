namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>
/// The tables of sign-on and of the audit log. Nothing in them is particular to one engine: hashes are hexadecimal
/// text, moments are milliseconds since 1970.
/// </summary>
internal static class AccessSchema
{
    /// <summary>The statements that create what is not there yet.</summary>
    public const string Sql = """

        CREATE TABLE IF NOT EXISTS sign_in_link (
          hash TEXT PRIMARY KEY, key_id TEXT NOT NULL, expires_at BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS sign_in_session (
          hash TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, facts TEXT NOT NULL,
          began_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS protection_key (name TEXT PRIMARY KEY, xml TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS audit_head (
          id BIGINT PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL, pruned_number BIGINT NOT NULL,
          pruned_hash TEXT NOT NULL);
        INSERT INTO audit_head (id, number, hash, pruned_number, pruned_hash)
          VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0,
          '0000000000000000000000000000000000000000000000000000000000000000') ON CONFLICT (id) DO NOTHING;
        CREATE TABLE IF NOT EXISTS audit_entry (
          number BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT,
          entry TEXT NOT NULL, hash TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS audit_entry_at ON audit_entry (at);
        CREATE TABLE IF NOT EXISTS record_actor (record TEXT PRIMARY KEY, actor TEXT NOT NULL);
        """;
}
