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
        """;
}
