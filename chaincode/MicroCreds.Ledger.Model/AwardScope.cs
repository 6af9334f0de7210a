namespace MicroCreds.Ledger.Model;

/// <summary>
/// Which of an institution's achievements are meant. Everything that is said must hold; what is empty is any.
/// </summary>
public sealed record AwardScope
{
    /// <summary>The levels of the European Qualifications Framework, 1 to 8, ascending.</summary>
    public IReadOnlyList<int> Levels { get; init; } = [];

    /// <summary>The beginnings of ISCED-F 2013 fields, two to four digits, sorted.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The achievements' identifiers, sorted.</summary>
    public IReadOnlyList<string> Achievements { get; init; } = [];

    /// <summary>Tells whether an achievement is meant, and if not, by which member it falls out.</summary>
    /// <param name="achievement">The achievement.</param>
    /// <param name="missing">The member, such as <c>levels</c>; empty if it is meant.</param>
    public bool Covers(AchievementDefinition achievement, out string missing)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        missing = "";
        if (Achievements.Count > 0 && !Achievements.HasOrdinal(achievement.Id))
            missing = "achievements";
        else if (Levels.Count > 0 && !(achievement.EqfLevel is { } level && Levels.Contains(level)))
            missing = "levels";
        else if (Fields.Count > 0 && !IsOneOf(Fields, achievement.FieldOfStudy))
            missing = "fields";
        return missing.Length == 0;
    }

    /// <summary>Tells whether all that this one means, the other means too.</summary>
    public bool IsWithin(AwardScope wider)
    {
        ArgumentNullException.ThrowIfNull(wider);
        return IsWithin(Achievements, wider.Achievements, (one, all) => all.Contains(one, StringComparer.Ordinal))
            && IsWithin(Levels, wider.Levels, (one, all) => all.Contains(one))
            && IsWithin(Fields, wider.Fields, (one, all) => IsOneOf(all, one));
    }

    /// <summary>Names what is wrong with it; null if all is well.</summary>
    /// <param name="field">Where it stands, as a JSON pointer.</param>
    public LedgerError? Check(string field) =>
        ValueRules.Count(Levels, field + "/levels", 0, Limits.MaxEqfLevel)
        ?? ValueRules.Count(Fields, field + "/fields", 0, Limits.MaxListItems)
        ?? ValueRules.Count(Achievements, field + "/achievements", 0, Limits.MaxListItems)
        ?? First(Levels, field + "/levels", (level, place) =>
            ValueRules.Range(level, place, Limits.MinEqfLevel, Limits.MaxEqfLevel), (one, next) => one < next)
        ?? First(Fields, field + "/fields", FieldOfStudy, (one, next) => string.CompareOrdinal(one, next) < 0)
        ?? First(Achievements, field + "/achievements", ValueRules.Id, (one, next) =>
            string.CompareOrdinal(one, next) < 0);

    private static bool IsWithin<T>(
        IReadOnlyList<T> narrow, IReadOnlyList<T> wide, Func<T, IReadOnlyList<T>, bool> isIn) =>
        wide.Count == 0 || (narrow.Count > 0 && narrow.All(one => isIn(one, wide)));

    private static bool IsOneOf(IReadOnlyList<string> beginnings, string? field)
    {
        for (int i = 0; field is not null && i < beginnings.Count; i++)
        {
            if (field.StartsWith(beginnings[i], StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static LedgerError? FieldOfStudy(string? text, string field) =>
        text is { Length: >= 2 and <= 4 } && text.All(char.IsAsciiDigit)
            ? null
            : ValueRules.Invalid(field, "must be the first two to four digits of an ISCED-F 2013 field, such as 061.");

    private static LedgerError? First<T>(
        IReadOnlyList<T> items, string field, Func<T, string, LedgerError?> rule, Func<T, T, bool> isInOrder)
    {
        for (int i = 0; i < items.Count; i++)
        {
            string place = $"{field}/{i}";
            if (rule(items[i], place) is { } fault) return fault;

            // One form only, so that whoever signs and whoever checks have the same bytes before them.
            if (i > 0 && !isInOrder(items[i - 1], items[i]))
                return ValueRules.Invalid(place, "must come after the one before it, each only once.");
        }

        return null;
    }
}

/// <summary>Looks for names without allocating: a file of many credentials asks a million times.</summary>
internal static class OrdinalNames
{
    public static bool HasOrdinal(this IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
