using System.Text.Json;
using System.Text.Json.Serialization;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Credentials.StatusLists;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// What something is that is not of this consortium. What it says of itself is nothing but its own claim, and may be
/// personal: never log it.
/// </summary>
public sealed record ForeignFinding
{
    /// <summary>What it is.</summary>
    public required ForeignKind Kind { get; init; }

    /// <summary>The version of its form, as "2.0"; absent if it has none, or none that is known.</summary>
    public string? Version { get; init; }

    /// <summary>Who issued it, as it says itself; cut to a length, and cleaned of what is not seen.</summary>
    public string? ClaimedIssuer { get; init; }

    /// <summary>What it is called, as it says itself; likewise.</summary>
    public string? ClaimedTitle { get; init; }

    /// <summary>What a transcript (EMREX ELMO) claims was achieved, unverified; absent of what is none.</summary>
    public IReadOnlyList<ClaimedResult>? Results { get; init; }

    /// <summary>What of it could not be read, as a sentence; absent if nothing is amiss.</summary>
    public string? Fault { get; init; }

    /// <summary>What it was taken out of; empty if it came as it is.</summary>
    public IReadOnlyList<Wrapping> Wrappings { get; init; } = [];

    /// <summary>What was found of its signature.</summary>
    public ForeignSignature Signature { get; init; } = ForeignSignature.None;

    /// <summary>What its issuer's status lists say of it.</summary>
    public ForeignStatus Status { get; init; } = ForeignStatus.None;

    /// <summary>What of it does not keep to the W3C's data model; empty if all does, or that is not asked.</summary>
    [JsonIgnore]
    internal IReadOnlyList<CredentialFault> Faults { get; init; } = [];

    /// <summary>From when on and until when it is valid, as it says itself; absent where it does not say.</summary>
    [JsonIgnore]
    internal (DateTimeOffset? From, DateTimeOffset? Until) Period { get; init; }

    /// <summary>What it is, in English words behind an article.</summary>
    [JsonIgnore]
    public string Name => ForeignKinds.NameOf(Kind) + (Version is null ? "" : $" (version {Version})");
}

/// <summary>What was found of a foreign signature. Even one that holds says nothing of who made it.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Code">Why, as a code that does not change.</param>
/// <param name="Detail">Why, as a sentence.</param>
public sealed record ForeignSignature(ForeignSignatureOutcome Outcome, string Code, string Detail)
{
    /// <summary>The DID whose key signed it, of one that holds.</summary>
    [JsonIgnore]
    internal string? Signer { get; init; }

    /// <summary>What has no signature that could be looked at.</summary>
    public static ForeignSignature None { get; } = NotChecked(
        ForeignSignatureCodes.NoSignature, "It has no signature that could be checked.");

    internal static ForeignSignature NotChecked(string code, string detail) =>
        new(ForeignSignatureOutcome.NotChecked, code, detail);
}

/// <summary>The outcomes of checking a foreign signature.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForeignSignatureOutcome>))]
public enum ForeignSignatureOutcome
{
    /// <summary>It could not be checked.</summary>
    [JsonStringEnumMemberName("notChecked")] NotChecked,

    /// <summary>It does not hold: something was changed, or another key made it.</summary>
    [JsonStringEnumMemberName("doesNotHold")] DoesNotHold,

    /// <summary>It holds: whoever has the key that it names signed every letter.</summary>
    [JsonStringEnumMemberName("holds")] Holds,
}

/// <summary>What a foreign credential's own issuer says of whether it stands.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Detail">The same, as a sentence.</param>
public sealed record ForeignStatus(ForeignStatusOutcome Outcome, string Detail)
{
    /// <summary>What names no status list, or has no signature that holds, so that nothing of it counts.</summary>
    public static ForeignStatus None { get; } = new(
        ForeignStatusOutcome.None, "It names no status list, or its signature was not found to hold.");

    internal static ForeignStatus NotKnown(string why) => new(
        ForeignStatusOutcome.NotKnown, $"Whether its issuer revoked it could not be found out. {why}".TrimEnd());

    /// <summary>What is known after something threw; nothing where it is none of what lists and places do.</summary>
    internal static ForeignStatus? After(Exception exception) => exception switch
    {
        FetchException or StatusListException => NotKnown(ClaimedText.Of(exception.Message) ?? ""),

        // A member is missing, of another kind, or a number that nothing has.
        JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException
            or ArgumentException => NotKnown("Its place in a status list, or the list itself, cannot be read."),
        _ => null,
    };

    internal static string DetailOf(ForeignStatusOutcome outcome) => outcome switch
    {
        ForeignStatusOutcome.Revoked => "Its issuer has revoked it.",
        ForeignStatusOutcome.Suspended => "Its issuer has suspended it for now.",
        _ => "Its issuer's status list says nothing against it.",
    };
}

/// <summary>The outcomes of looking at a foreign credential's status, each worse than the one before.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForeignStatusOutcome>))]
public enum ForeignStatusOutcome
{
    /// <summary>There was nothing to look at.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>Nothing is said against it.</summary>
    [JsonStringEnumMemberName("inForce")] InForce,

    /// <summary>It could not be found out.</summary>
    [JsonStringEnumMemberName("notKnown")] NotKnown,

    /// <summary>It is not to be relied on for now.</summary>
    [JsonStringEnumMemberName("suspended")] Suspended,

    /// <summary>It was withdrawn for good.</summary>
    [JsonStringEnumMemberName("revoked")] Revoked,
}

/// <summary>The codes of what was found of foreign signatures. They do not change; new ones may come.</summary>
public static class ForeignSignatureCodes
{
    public const string NoSignature = "noSignature";
    public const string Holds = "signatureHolds";
    public const string DoesNotHold = "signatureDoesNotHold";
    public const string MethodUnknown = "methodUnknown";
    public const string Malformed = "signatureMalformed";
    public const string KeyElsewhere = "keyOfAnother";
    public const string KeyUnknown = "keyUnknown";
    public const string KeyNotTrusted = "keyNotTrusted";
    public const string KeysUnreachable = "keysUnreachable";
    public const string KeysNotFetched = "keysNotFetched";
}
