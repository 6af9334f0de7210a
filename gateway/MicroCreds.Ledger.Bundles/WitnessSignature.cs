using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles;

/// <summary>What a witness signs.</summary>
public static class WitnessSignature
{
    /// <summary>Writes the statement as it is signed: canonical JSON.</summary>
    public static byte[] BytesToSign(Witness statement) => CanonicalJson.Serialize(statement);

    /// <summary>Sums a record up; nothing of none.</summary>
    [return: NotNullIfNotNull(nameof(record))]
    public static WitnessedRecord? OfRecord(EndorsedRecord? record) => record is null ? null : new WitnessedRecord(
        record.Block, record.Position, record.BlockHash, record.Time,
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Canonicalize(record.Record))));
}
