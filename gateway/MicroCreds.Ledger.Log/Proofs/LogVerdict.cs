using System.Text.Json.Serialization;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>The answer to "is this credential in force?" without a network: as of when, and by whose word.</summary>
public sealed record LogVerdict
{
    /// <summary>The whole: valid only if every check passes, invalid if any fails.</summary>
    [JsonPropertyName("verdict")]
    public required VerdictKind Kind { get; init; }

    /// <summary>The verdict in a sentence, with what a reader must not miss.</summary>
    public required string Headline { get; init; }

    /// <summary>The codes of the checks that the headline tells of; empty where there is nothing to mind.</summary>
    public IReadOnlyList<string> HeadlineCodes { get; init; } = [];

    /// <summary>The checks.</summary>
    public required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>As of when it was so; absent if the proof does not say.</summary>
    public DateTimeOffset? InForceAsOf { get; init; }

    /// <summary>The members by whose word it was so.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The witnesses by whose word it was so.</summary>
    public IReadOnlyList<string> Witnesses { get; init; } = [];

    /// <summary>What was verified; absent if it could not be read.</summary>
    public CredentialSummary? Credential { get; init; }

    /// <summary>The credential that replaces this one.</summary>
    public CredentialReference? ReplacedBy { get; init; }

    /// <summary>What a verifier should know although it fails nothing.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>
    /// Whether too few signed the head: then whatever else passes was proven by a log that anybody can make.
    /// </summary>
    /// <param name="checks">The checks.</param>
    public static bool IsOfNobody(IEnumerable<Check> checks) =>
        checks.Any(check => check.Code == LogCheckCodes.TooFewSigned);
}

/// <summary>The names of the checks of such proofs, beside those of credentials.</summary>
public static class LogCheckNames
{
    /// <summary>It is a proof in the form we know.</summary>
    public const string Proof = "proof";

    /// <summary>Enough members and witnesses signed the head.</summary>
    public const string Head = "head";

    /// <summary>Enough members and witnesses signed the head that names the filter.</summary>
    public const string Filter = "filter";
}

/// <summary>The codes of checks of such proofs: what programs may go by. They do not change; new ones may come.
/// </summary>
public static class LogCheckCodes
{
    public const string NotAProof = "notAProof";
    public const string Cosigned = "cosigned";
    public const string TooFewSigned = "tooFewSigned";
    public const string TooOld = "tooOld";
    public const string FromTheFuture = "fromTheFuture";
    public const string NotInTheLog = "notInTheLog";
    public const string StandingNotProven = "standingNotProven";
    public const string SignatureNotNeeded = "signatureNotNeeded";
    public const string DescriptionNotCompared = "descriptionNotCompared";
    public const string FilterNotProven = "filterNotProven";
    public const string FilterOlder = "filterOlder";
    public const string NotInForce = "notInForce";
}
