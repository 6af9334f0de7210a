using System.Text.Json;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Bundles;

/// <summary>
/// A credential with all that proves it, in one JSON file: what the ledger has about it, the transactions that wrote
/// that with their endorsements, and a member's word for how recent it is. Its Merkle proof is the credential's anchor.
/// </summary>
public sealed record OfflineBundle
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "OfflineBundle";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.microcreds.bundle+json";

    /// <summary>The version of this form that is written and read.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The largest bundle that is read, in bytes.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Tells a bundle from a credential.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The credential: an object, or the text of a compact form.</summary>
    public required JsonElement Credential { get; init; }

    /// <summary>The issuance that the credential belongs to.</summary>
    public required EndorsedRecord Issuance { get; init; }

    /// <summary>The issuer's record: its keys with their history.</summary>
    public required EndorsedRecord Institution { get; init; }

    /// <summary>What is said against the credential; absent if nothing ever was.</summary>
    public EndorsedRecord? Status { get; init; }

    /// <summary>What says whether the issuer was accredited; absent if its maker could not say.</summary>
    public BundledAccreditation? Accreditation { get; init; }

    /// <summary>The word of the member that made the bundle: that this is all, as of when.</summary>
    public required SignedWitness Witness { get; init; }

    /// <summary>
    /// Whom the ledger's members' certificates chain to, as the channel's configuration has it. Of no weight to a
    /// verifier who has pinned them already, which is the only one who can be sure.
    /// </summary>
    public required LedgerTrust Roots { get; init; }
}

/// <summary>What says whether the issuer was accredited for the achievement when the credential was anchored.</summary>
public sealed record BundledAccreditation
{
    /// <summary>The achievement that was awarded.</summary>
    public required EndorsedRecord Achievement { get; init; }

    /// <summary>Who the accreditors are and were; absent if there never was any.</summary>
    public EndorsedRecord? Consortium { get; init; }

    /// <summary>The accreditation that decides; absent if there is none that could.</summary>
    public EndorsedRecord? Granted { get; init; }

    /// <summary>The record of who granted it, with its keys; absent if nobody did.</summary>
    public EndorsedRecord? Accreditor { get; init; }
}

/// <summary>A record, and the transaction that wrote it.</summary>
public sealed record EndorsedRecord
{
    /// <summary>The record as it stands on the ledger.</summary>
    public required JsonElement Record { get; init; }

    /// <summary>The block that the transaction is in.</summary>
    public required ulong Block { get; init; }

    /// <summary>The transaction's position in the block, from 0.</summary>
    public required int Position { get; init; }

    /// <summary>The block's header hash, 64 lower-case hexadecimal digits.</summary>
    public required string BlockHash { get; init; }

    /// <summary>The time that keys are judged by: the latest of any transaction up to and with the block.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The signed envelope as it stands in the block, base64: creator, write set, endorsements.</summary>
    public required string Transaction { get; init; }
}

/// <summary>
/// What a member's gateway says about a credential at one moment. Endorsements prove what was written; that nothing was
/// written since is no more than somebody's word, and this is whose.
/// </summary>
public sealed record Witness
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "LedgerWitness";

    /// <summary>Tells this statement from every other.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The ledger.</summary>
    public required string Ledger { get; init; }

    /// <summary>The member that says so.</summary>
    public required string MspId { get; init; }

    /// <summary>The issuance's root.</summary>
    public required string Root { get; init; }

    /// <summary>The credential's index in its tree.</summary>
    public required int Index { get; init; }

    /// <summary>As of when.</summary>
    public required LedgerMoment AsOf { get; init; }

    /// <summary>The issuance.</summary>
    public required WitnessedRecord Issuance { get; init; }

    /// <summary>The issuer's record.</summary>
    public required WitnessedRecord Institution { get; init; }

    /// <summary>The status; absent if nothing was ever said against the credential.</summary>
    public WitnessedRecord? Status { get; init; }

    /// <summary>The achievement that was awarded; absent, like the next three, if the bundle lacks it.</summary>
    public WitnessedRecord? Achievement { get; init; }

    /// <summary>Who the accreditors are and were.</summary>
    public WitnessedRecord? Consortium { get; init; }

    /// <summary>The accreditation that decides.</summary>
    public WitnessedRecord? Granted { get; init; }

    /// <summary>The record of who granted it.</summary>
    public WitnessedRecord? Accreditor { get; init; }
}

/// <summary>Where a record was written last, and what it is.</summary>
/// <param name="Block">The block.</param>
/// <param name="Position">The transaction's position in the block.</param>
/// <param name="BlockHash">The block's header hash.</param>
/// <param name="Time">The block's time.</param>
/// <param name="Digest">The SHA-256 of the canonical record, 64 lower-case hexadecimal digits.</param>
public sealed record WitnessedRecord(ulong Block, int Position, string BlockHash, DateTimeOffset Time, string Digest);

/// <summary>A witness's word with its signature.</summary>
/// <param name="Statement">What it says.</param>
/// <param name="Certificate">The certificate of the Fabric identity that signed, PEM.</param>
/// <param name="Signature">
/// ECDSA with SHA-256 over the canonical statement: ASN.1 DER with low s, base64.
/// </param>
public sealed record SignedWitness(Witness Statement, string Certificate, string Signature);
