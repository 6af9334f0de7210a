using System.Text.Json.Serialization;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>The answer to "is this credential good?", with each check as a line of its own.</summary>
public sealed record Verdict
{
    /// <summary>
    /// The whole: valid only if every check passes or warns, invalid if any fails, foreign if it is not of this
    /// consortium.
    /// </summary>
    [JsonPropertyName("verdict")]
    public required VerdictKind Kind { get; init; }

    /// <summary>The verdict in a sentence, with what a reader must not miss.</summary>
    public string Headline => Head.Sentence;

    /// <summary>The codes of the checks that the headline tells of; empty where there is nothing to mind.</summary>
    public IReadOnlyList<string> HeadlineCodes => Head.Codes;

    /// <summary>
    /// The checks, always all of them, in the same order; behind them <see cref="CheckNames.Parts"/>, only of a
    /// credential that was awarded for others, and <see cref="CheckNames.Holder"/>, only where a proof of it was
    /// brought or asked for.
    /// </summary>
    public required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>How far the view of the ledger reached; absent if it was not or could not be asked.</summary>
    public LedgerMoment? AsOf { get; init; }

    /// <summary>What was verified; absent if it could not be read.</summary>
    public CredentialSummary? Credential { get; init; }

    /// <summary>The form that it came in; absent if it could not be read.</summary>
    public CredentialForm? Form { get; init; }

    /// <summary>The credential that replaces this one.</summary>
    public CredentialReference? ReplacedBy { get; init; }

    /// <summary>What a verifier should know although it fails nothing.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>How its issuer stood with the accreditors; absent if that is not known here.</summary>
    public AccreditationFinding? Accreditation { get; init; }

    /// <summary>
    /// How the credentials stand that it was awarded for; absent if it was for none, or they were not asked after.
    /// </summary>
    public IReadOnlyList<PartFinding>? Parts { get; init; }

    /// <summary>What it is, if it is not of this consortium; absent if it is, or claims to be.</summary>
    public ForeignFinding? Foreign { get; init; }

    /// <summary>
    /// What stands of it if it is of another consortium that this one has an agreement with; absent of others.
    /// </summary>
    public AbroadFinding? Abroad { get; init; }

    /// <summary>What the credential was taken out of, the outermost first; absent if it came as it is.</summary>
    public IReadOnlyList<Wrapping>? Unwrapped { get; init; }

    /// <summary>
    /// What the wallet says that presented it; absent if it made no proof, or of something that is bound to no key.
    /// </summary>
    public PresentationClaim? Presented { get; init; }

    /// <summary>
    /// The verdict on each of several credentials that came at once, in their order; absent if it was one, or more than
    /// are looked at. The whole is never valid then: whether they belong together is not asked here.
    /// </summary>
    public IReadOnlyList<Verdict>? Each { get; init; }

    /// <summary>What the head of the verdict says.</summary>
    [JsonIgnore]
    public VerdictHead Head => VerdictHead.Of(Kind, Checks, View);

    /// <summary>The credential itself; absent if it could not be read. Personal, and no part of the answer.</summary>
    [JsonIgnore]
    public ReadCredential? Document
    {
        get => Source?.Value;
        init => Source = new Lazy<ReadCredential?>(value);
    }

    /// <summary>What the ledger said about it; absent if it was not or could not be asked.</summary>
    [JsonIgnore]
    public AnchorView? View { get; init; }

    // A document that is remembered is read again only if someone asks for it.
    internal Lazy<ReadCredential?>? Source { get; init; }

    /// <summary>
    /// Sums up checks: valid only if every one passed, or warned of what is no fault of the credential; invalid if any
    /// failed.
    /// </summary>
    public static VerdictKind KindOf(IReadOnlyList<Check> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        if (checks.Any(check => check.Outcome == CheckOutcome.Fail)) return VerdictKind.Invalid;
        return checks.Count > 0
            && checks.All(check => check.Outcome is CheckOutcome.Pass or CheckOutcome.Warning)
            ? VerdictKind.Valid
            : VerdictKind.Indeterminate;
    }
}

/// <summary>The kinds of verdict.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerdictKind>))]
public enum VerdictKind
{
    /// <summary>Something could not be checked, and nothing failed.</summary>
    [JsonStringEnumMemberName("indeterminate")] Indeterminate,

    /// <summary>At least one check failed.</summary>
    [JsonStringEnumMemberName("invalid")] Invalid,

    /// <summary>Every check passed.</summary>
    [JsonStringEnumMemberName("valid")] Valid,

    /// <summary>It is not of this consortium, which can say nothing of it.</summary>
    [JsonStringEnumMemberName("foreign")] Foreign,
}

/// <summary>The outcomes of a check.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckOutcome>))]
public enum CheckOutcome
{
    /// <summary>It could not be checked.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>It is wrong.</summary>
    [JsonStringEnumMemberName("fail")] Fail,

    /// <summary>It is right.</summary>
    [JsonStringEnumMemberName("pass")] Pass,

    /// <summary>Nothing is wrong with the credential, but who reads it should know and decide.</summary>
    [JsonStringEnumMemberName("warning")] Warning,
}

/// <summary>One check.</summary>
/// <param name="Name">One of <see cref="CheckNames"/>.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Code">Why, as a code that does not change.</param>
/// <param name="Detail">Why, as a sentence.</param>
/// <param name="NextStep">What the verifier can do about it; absent if it passed.</param>
public sealed record Check(
    [property: JsonPropertyName("check")] string Name,
    CheckOutcome Outcome,
    string Code,
    string Detail,
    string? NextStep = null);

/// <summary>Something a verifier should know.</summary>
/// <param name="Code">A code that does not change.</param>
/// <param name="Detail">A sentence.</param>
public sealed record Notice(string Code, string Detail);

/// <summary>What was verified, as the credential itself says it.</summary>
/// <param name="Id">The credential's identifier.</param>
/// <param name="Issuer">The issuer's DID.</param>
/// <param name="IssuerName">The issuer's name.</param>
/// <param name="MspId">The issuer's name in the consortium.</param>
/// <param name="Achievement">The achievement's identifier at its issuer.</param>
/// <param name="AchievementVersion">Its version.</param>
/// <param name="Title">The achievement's title.</param>
/// <param name="Recipient">The learner's name; absent if it is withheld. Personal: never log it.</param>
/// <param name="ValidFrom">From when on it is valid.</param>
/// <param name="ValidUntil">Until when; absent if for good.</param>
public sealed record CredentialSummary(
    string Id,
    string Issuer,
    string IssuerName,
    string MspId,
    string Achievement,
    int AchievementVersion,
    string Title,
    string? Recipient,
    DateTimeOffset ValidFrom,
    DateTimeOffset? ValidUntil);

/// <summary>The names of the checks.</summary>
public static class CheckNames
{
    /// <summary>It is a credential in the form we know.</summary>
    public const string Format = "format";

    /// <summary>The issuer's proof covers every letter of it.</summary>
    public const string Signature = "signature";

    /// <summary>It belongs to an issuance on the ledger.</summary>
    public const string Anchor = "anchor";

    /// <summary>The key was the issuer's, and in force when the issuance was anchored.</summary>
    public const string IssuerKey = "issuerKey";

    /// <summary>It is neither suspended nor revoked.</summary>
    public const string Status = "status";

    /// <summary>It is valid by now and has not expired.</summary>
    public const string ValidityPeriod = "validityPeriod";

    /// <summary>Its issuer was accredited for it when it was anchored.</summary>
    public const string Accreditation = "accreditation";

    /// <summary>The credentials that it was awarded for stand.</summary>
    public const string Parts = "parts";

    /// <summary>Who presents it has the key that it is bound to.</summary>
    public const string Holder = "holder";
}
