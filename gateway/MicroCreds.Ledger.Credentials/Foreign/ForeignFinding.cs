using System.Text.Json.Serialization;

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

    /// <summary>What it was taken out of; empty if it came as it is.</summary>
    public IReadOnlyList<Wrapping> Wrappings { get; init; } = [];

    /// <summary>What was found of its signature.</summary>
    public ForeignSignature Signature { get; init; } = ForeignSignature.None;

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
