using System.Text.Json.Serialization;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles;

/// <summary>The answer to "is this credential good?" without a network: as of when, and on whose signatures.</summary>
public sealed record BundleVerdict
{
    /// <summary>The whole: valid only if every check passes, invalid if any fails.</summary>
    [JsonPropertyName("verdict")]
    public required VerdictKind Kind { get; init; }

    /// <summary>
    /// The verdict in a sentence, with what a reader must not miss: also as of when, and by whose word.
    /// </summary>
    public required string Headline { get; init; }

    /// <summary>The codes of the checks that the headline tells of; empty where there is nothing to mind.</summary>
    public IReadOnlyList<string> HeadlineCodes { get; init; } = [];

    /// <summary>The checks of the credential, then those of the bundle.</summary>
    public required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>As of when the ledger said so; absent if the bundle does not prove it.</summary>
    public LedgerMoment? AsOf { get; init; }

    /// <summary>On whose signatures the answer rests; empty if the bundle does not prove it.</summary>
    public IReadOnlyList<RestsOn> RestsOn { get; init; } = [];

    /// <summary>What was verified; absent if it could not be read.</summary>
    public CredentialSummary? Credential { get; init; }

    /// <summary>The credential that replaces this one.</summary>
    public CredentialReference? ReplacedBy { get; init; }

    /// <summary>How the credentials stand that it was awarded for, as far as the bundle proves it.</summary>
    public IReadOnlyList<PartFinding>? Parts { get; init; }

    /// <summary>What a verifier should know although it fails nothing.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];
}

/// <summary>A signature that an answer rests on.</summary>
/// <param name="Role">One of <see cref="SignatureRoles"/>.</param>
/// <param name="MspId">Whose.</param>
/// <param name="Name">The name in the certificate, or the key's.</param>
public sealed record RestsOn(string Role, string MspId, string Name);

/// <summary>What signatures in a bundle are for.</summary>
public static class SignatureRoles
{
    /// <summary>The issuer's key, which signed credential and issuance.</summary>
    public const string Issuer = "issuer";

    /// <summary>A peer that endorsed the issuance.</summary>
    public const string Endorser = "endorser";

    /// <summary>The gateway that says as of when nothing else is on the ledger.</summary>
    public const string Witness = "witness";
}

/// <summary>The names of the checks of bundles, behind those of credentials.</summary>
public static class BundleCheckNames
{
    /// <summary>It is a bundle in the form we know.</summary>
    public const string Bundle = "bundle";

    /// <summary>The records were written by endorsed transactions.</summary>
    public const string Transactions = "transactions";

    /// <summary>A member's gateway vouches for how recent it is.</summary>
    public const string Witness = "witness";

    /// <summary>The members' root certificates are those that the verifier trusts.</summary>
    public const string Trust = "trust";
}

/// <summary>The codes of checks of bundles: what programs may go by. They do not change; new ones may come.</summary>
public static class BundleCheckCodes
{
    public const string Endorsed = "endorsed";
    public const string NotEndorsed = "notEndorsed";
    public const string Witnessed = "witnessed";
    public const string WitnessForged = "witnessForged";
    public const string TooOld = "tooOld";
    public const string FromTheFuture = "fromTheFuture";
    public const string RootsPinned = "rootsPinned";
    public const string RootsNotPinned = "rootsNotPinned";
    public const string TrustUnusable = "trustUnusable";
    public const string NotABundle = "notABundle";
}
