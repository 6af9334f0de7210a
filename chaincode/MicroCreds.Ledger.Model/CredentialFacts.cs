namespace MicroCreds.Ledger.Model;

/// <summary>What recognition goes by: the award, not the person.</summary>
public sealed record CredentialFacts
{
    /// <summary>The credential's place on the ledger, <c>root.index</c>.</summary>
    public required string Credential { get; init; }

    /// <summary>The institution that awarded it.</summary>
    public required string MspId { get; init; }

    /// <summary>The ledger of another consortium that it is anchored on. Default is this one's.</summary>
    public string? Ledger { get; init; }

    /// <summary>The achievement as the ledger has it.</summary>
    public required AchievementDefinition Achievement { get; init; }

    /// <summary>When it was anchored: the time that nobody can set back.</summary>
    public required DateTimeOffset AwardedAt { get; init; }

    /// <summary>The grade on it.</summary>
    public string? Grade { get; init; }

    /// <summary>Whether its issuer was accredited for it then.</summary>
    public bool IsAccredited { get; init; }
}

/// <summary>What an institution makes of one credential.</summary>
public sealed record RecognitionAnswer
{
    /// <summary>The institution that was asked about.</summary>
    public required string Institution { get; init; }

    /// <summary>Whether it recognizes the credential.</summary>
    public required bool Recognized { get; init; }

    /// <summary>Why, as one of <see cref="RecognitionCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>What would have to be there for it to be recognized.</summary>
    public string? Missing { get; init; }

    /// <summary>The credits that it counts for.</summary>
    public double? Credits { get; init; }

    /// <summary>The most credits that one learner gets by the clause; absent if it sets none.</summary>
    public double? MaxCreditsPerLearner { get; init; }

    /// <summary>The level that it counts at.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>The grade that it counts as; absent without one, or without a line for it.</summary>
    public string? Grade { get; init; }

    /// <summary>The achievement that it counts as there.</summary>
    public AchievementReference? Equivalent { get; init; }

    /// <summary>The agreement.</summary>
    public string? Agreement { get; init; }

    /// <summary>The version that rules this award.</summary>
    public int? Version { get; init; }

    /// <summary>The clause.</summary>
    public string? Clause { get; init; }

    /// <summary>When the award was anchored, which is the day that counts.</summary>
    public DateTimeOffset? AwardedAt { get; init; }
}

/// <summary>Why a credential is recognized or not.</summary>
public static class RecognitionCode
{
    /// <summary>It is, under an agreement.</summary>
    public const string Recognized = "recognized";

    /// <summary>It is the institution's own award.</summary>
    public const string OwnAward = "ownAward";

    /// <summary>The institution and the issuer have no agreement.</summary>
    public const string NoAgreement = "noAgreement";

    /// <summary>Their agreement is proposed, but not accepted by all.</summary>
    public const string NotAccepted = "notAccepted";

    /// <summary>It was awarded before the agreement begins.</summary>
    public const string BeforeAgreement = "beforeAgreement";

    /// <summary>It was awarded after the agreement had ended.</summary>
    public const string AfterAgreement = "afterAgreement";

    /// <summary>No clause means this achievement.</summary>
    public const string OutOfScope = "outOfScope";

    /// <summary>The agreement takes only what was accredited.</summary>
    public const string NotAccredited = "notAccredited";

    /// <summary>The learner has as many credits by this clause as it allows.</summary>
    public const string CapReached = "capReached";

    /// <summary>The same achievement was counted already.</summary>
    public const string AlreadyCounted = "alreadyCounted";

    /// <summary>The credential does not stand.</summary>
    public const string NotValid = "notValid";

    /// <summary>Whether it stands could not be found out.</summary>
    public const string NotVerified = "notVerified";

    /// <summary>Which achievement it attests is only in the credential itself.</summary>
    public const string AchievementNotKnown = "achievementNotKnown";
}
