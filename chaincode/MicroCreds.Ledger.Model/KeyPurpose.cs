namespace MicroCreds.Ledger.Model;

/// <summary>
/// What an institution's key signs: statements and credentials, or the heads of the ledger's log and nothing else. The
/// key's name says which, so that every reader of a record knows it, also one that never heard of purposes.
/// </summary>
public static class KeyPurpose
{
    /// <summary>The value of <see cref="KeyStatement.Purpose"/> of a key that signs the log's heads.</summary>
    public const string Log = "log";

    /// <summary>What the name of such a key begins with, and no other key's.</summary>
    public const string LogPrefix = "log-";

    /// <summary>Tells whether a key of this name signs the log's heads and nothing else.</summary>
    public static bool IsForLog(string keyId)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        return keyId.StartsWith(LogPrefix, StringComparison.Ordinal);
    }
}
