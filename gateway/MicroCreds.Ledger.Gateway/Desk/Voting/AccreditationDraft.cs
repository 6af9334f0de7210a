using System.Globalization;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Desk.Agreements;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Voting;

/// <summary>What stands in the form of a grant, or of a change of what was granted.</summary>
public sealed record AccreditationDraft
{
    /// <summary>Who is accredited.</summary>
    public string Institution { get; init; } = "";

    public string Id { get; init; } = "";

    /// <summary>One of <see cref="AccreditationAction"/>.</summary>
    public string Action { get; init; } = AccreditationAction.Grant;

    /// <summary>Which statement about it this is.</summary>
    public int Sequence { get; init; } = 1;

    public IReadOnlyList<string> Levels { get; init; } = [];

    public string Fields { get; init; } = "";

    public string Achievements { get; init; } = "";

    public string ValidFrom { get; init; } = "";

    public string ValidUntil { get; init; } = "";

    public string EffectiveFrom { get; init; } = "";

    public string Reference { get; init; } = "";

    /// <summary>The moment from which on a grant counts that names no day, once it was shown.</summary>
    public string ExactFrom { get; init; } = "";

    /// <summary>Whether it grants.</summary>
    public bool IsGrant => Action == AccreditationAction.Grant;

    /// <summary>Whether it says what is accredited.</summary>
    public bool IsScoped => Action is AccreditationAction.Grant or AccreditationAction.Narrow;

    /// <summary>Reads it.</summary>
    public static AccreditationDraft Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new AccreditationDraft
        {
            Institution = One("accredited"),
            Id = One("accreditationId"),
            Action = One("action"),
            Sequence = int.TryParse(
                One("sequence"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 1,
            Levels = [.. form["level"].OfType<string>()],
            Fields = One("fields"),
            Achievements = One("further"),
            ValidFrom = One("accreditedFrom"),
            ValidUntil = One("accreditedUntil"),
            EffectiveFrom = One("effectiveFrom"),
            Reference = One("decision"),
            ExactFrom = One("exactFrom"),
        };

        string One(string name) => form[name].LastOrDefault()?.Trim() ?? "";
    }

    /// <summary>The fields to be sent on.</summary>
    public IEnumerable<(string Field, string Value)> SentOn =>
    [
        ("accredited", Institution), ("accreditationId", Id), ("action", Action),
        ("sequence", Sequence.ToString(CultureInfo.InvariantCulture)), ("fields", Fields), ("further", Achievements),
        ("accreditedFrom", ValidFrom), ("accreditedUntil", ValidUntil), ("effectiveFrom", EffectiveFrom),
        ("decision", Reference), ("exactFrom", ExactFrom), .. Levels.Select(level => ("level", level)),
    ];

    /// <summary>What it says of achievements.</summary>
    public AwardScope Scope => new()
    {
        Achievements = [.. ClauseDraft.Parts(Achievements).Distinct().Order(StringComparer.Ordinal)],
        Levels = [.. Levels.Select(level => int.TryParse(
            level, NumberStyles.None, CultureInfo.InvariantCulture, out int read) ? read : 0).Distinct().Order()],
        Fields = [.. ClauseDraft.Parts(Fields).Distinct().Order(StringComparer.Ordinal)],
    };

    /// <summary>From when on a grant counts.</summary>
    public DateTimeOffset? From => DayField.TryRead(ValidFrom, isEnd: false, out var day) && day is not null ? day
        : DateTimeOffset.TryParse(
            ExactFrom, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var exact) ? exact : null;

    /// <summary>Until when.</summary>
    public DateTimeOffset? Until => DayField.TryRead(ValidUntil, isEnd: true, out var day) ? day : null;

    /// <summary>From when on a change counts.</summary>
    public DateTimeOffset? Effective => DayField.TryRead(EffectiveFrom, isEnd: false, out var day) ? day : null;

    /// <summary>Names what is wrong with it.</summary>
    /// <param name="now">The time.</param>
    public IReadOnlyList<FieldFault> Faults(DateTimeOffset now)
    {
        var faults = new List<FieldFault>();
        if (IsGrant && ValueRules.Id(Id, "accreditationId") is { } name) Add("accreditationId", name.Message);
        if (IsGrant && Institution.Length == 0) Add("accredited", "Choose an institution.");
        if (IsScoped && Scope.Check("") is { } scope) Add("further", scope.Message);
        if (!DayField.TryRead(ValidFrom, isEnd: false, out _)) Add("accreditedFrom", "Give a day.");
        if (!DayField.TryRead(ValidUntil, isEnd: true, out _) || Until <= (IsGrant ? From ?? now : now))
            Add("accreditedUntil", "Give a day to come.");
        if (!DayField.TryRead(EffectiveFrom, isEnd: false, out _) || Effective < now)
            Add("effectiveFrom", "Give a day to come, or none for at once.");
        if (Reference.Length > 0 && ValueRules.Url(Reference, "decision") is { } url) Add("decision", url.Message);
        return faults;

        void Add(string field, string reason) => faults.Add(new FieldFault(field, reason));
    }

    /// <summary>What would be granted.</summary>
    public AccreditationGrant ToGrant() => new()
    {
        MspId = Institution,
        Id = Id,
        Scope = Scope,
        ValidFrom = From,
        ValidUntil = Until,
        Reference = Reference.Length > 0 ? Reference : null,
    };

    /// <summary>What would be changed.</summary>
    public AccreditationChangeRequest ToChange() => new()
    {
        Scope = Action == AccreditationAction.Narrow ? Scope : null,
        ValidUntil = Action == AccreditationAction.Narrow ? Until : null,
        EffectiveFrom = Effective,
        Reference = Reference.Length > 0 ? Reference : null,
    };
}
