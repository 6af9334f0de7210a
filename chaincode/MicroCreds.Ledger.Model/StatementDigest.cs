using System.Security.Cryptography;

namespace MicroCreds.Ledger.Model;

/// <summary>Names a statement by what it says.</summary>
public static class StatementDigest
{
    /// <summary>The SHA-256 of the canonical statement in lower-case hexadecimal digits.</summary>
    public static string Of<T>(T statement)
        where T : class => Convert.ToHexStringLower(SHA256.HashData(Statements.BytesToSign(statement)));
}
