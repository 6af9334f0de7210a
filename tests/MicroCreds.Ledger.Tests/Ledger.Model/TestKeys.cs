using System.Security.Cryptography;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>An institution's side of a key: what its gateway does with it.</summary>
internal static class TestKeys
{
    public static string MultikeyOf(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return Multikey.Encode(KeyAlgorithm.P256, [4, .. point.X!, .. point.Y!]);
    }

    public static SignedStatement<T> Sign<T>(T statement, ECDsa key)
        where T : class => new(
            statement,
            Statements.EncodeSignature(key.SignData(Statements.BytesToSign(statement), HashAlgorithmName.SHA256)));
}
