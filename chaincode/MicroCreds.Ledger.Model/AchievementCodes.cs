namespace MicroCreds.Ledger.Model;

/// <summary>The codes that members of an achievement take, which pages say in the reader's language.</summary>
public static class AchievementCodes
{
    /// <summary>It stacks into something larger.</summary>
    public const string Stackable = "stackable";

    /// <summary>The forms of participation.</summary>
    public static IReadOnlyList<string> Participations { get; } =
        ["onsite", "online", "blended", "workBased", "volunteering"];

    /// <summary>The ways of supervision and identity verification during assessment.</summary>
    public static IReadOnlyList<string> Supervisions { get; } =
        ["unsupervised", "supervised", "supervisedOnlineWithIdentity", "supervisedOnsiteWithIdentity"];

    /// <summary>Whether a micro-credential stands alone.</summary>
    public static IReadOnlyList<string> Stackabilities { get; } = ["standalone", Stackable];

    /// <summary>The cycles of the QF-EHEA, in the order of the EQF's levels 5 to 8 that they match.</summary>
    public static IReadOnlyList<string> QfEheaCycles { get; } = ["short", "first", "second", "third"];
}
