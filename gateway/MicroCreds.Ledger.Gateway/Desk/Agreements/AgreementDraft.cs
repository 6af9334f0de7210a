using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>
/// What stands in the form of an agreement. All of it travels with the form: nothing is kept before it is signed.
/// </summary>
public sealed record AgreementDraft
{
    /// <summary>The agreement that is amended; empty for a new one.</summary>
    public string Agreement { get; init; } = "";

    /// <summary>The version that it would be.</summary>
    public int Version { get; init; } = 1;

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public IReadOnlyList<string> Parties { get; init; } = [];

    public string ValidFrom { get; init; } = "";

    public string ValidUntil { get; init; } = "";

    public string NoticeDays { get; init; } = "90";

    public string Reference { get; init; } = "";

    /// <summary>The moments that the two days stand for, where they were more exact.</summary>
    public DateTimeOffset? ExactFrom { get; init; }

    /// <inheritdoc cref="ExactFrom"/>
    public DateTimeOffset? ExactUntil { get; init; }

    public IReadOnlyList<AgreementClause> Clauses { get; init; } = [];

    /// <summary>The clause that is being written; none if none is.</summary>
    public ClauseDraft? Open { get; init; }

    /// <summary>Whether it amends an agreement.</summary>
    public bool IsAmendment => Agreement.Length > 0;

    /// <summary>Begins a change of what was written before.</summary>
    /// <param name="terms">What was written.</param>
    /// <param name="agreement">The agreement that it amends; empty for a new one.</param>
    /// <param name="version">The version that it would be.</param>
    public static AgreementDraft Of(AgreementProposal terms, string agreement, int version)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new AgreementDraft
        {
            Agreement = agreement,
            Version = version,
            Id = terms.Id ?? "",
            Name = terms.Name,
            Parties = terms.Parties,
            ValidFrom = DayField.Write(terms.ValidFrom),
            ValidUntil = DayField.Write(terms.ValidUntil),
            NoticeDays = terms.NoticeDays.ToString(CultureInfo.InvariantCulture),
            Reference = terms.Reference ?? "",
            ExactFrom = terms.ValidFrom,
            ExactUntil = terms.ValidUntil,
            Clauses = terms.Clauses,
        };
    }

    /// <summary>Reads it out of a form.</summary>
    public static AgreementDraft Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new AgreementDraft
        {
            Agreement = One("agreement"),
            Version = int.TryParse(
                One("version"), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 1,
            Id = One("agreementId"),
            Name = string.Join(' ', One("title").Split(
                default(char[]), StringSplitOptions.RemoveEmptyEntries)),
            Parties = [.. form["party"].OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            ValidFrom = One("validFrom"),
            ValidUntil = One("validUntil"),
            NoticeDays = One("noticeDays"),
            Reference = One("reference"),
            ExactFrom = Moment("exactFrom"),
            ExactUntil = Moment("exactUntil"),
            Clauses = One("clauses") is { Length: > 0 } clauses
                ? LedgerJson.Deserialize<ClauseList>(Encoding.UTF8.GetBytes(clauses)).Clauses : [],
            Open = ClauseDraft.Of(form),
        };

        string One(string name) => form[name].LastOrDefault()?.Trim() ?? "";
        DateTimeOffset? Moment(string name) => DateTimeOffset.TryParse(
            One(name), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment) ? moment : null;
    }

    /// <summary>The clauses as the form carries them.</summary>
    public string ClausesAsText() => JsonSerializer.Serialize(new ClauseList(Clauses), LedgerJson.Options);

    /// <summary>A moment as the form carries it.</summary>
    public static string Exact(DateTimeOffset? moment) =>
        moment?.ToString("O", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Takes the open clause in, if it is as it may be, and closes it.</summary>
    public AgreementDraft Keep(ProjectedRecords records, List<FieldFault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (Open is null) return this;

        var named = Open.Id.Length > 0 ? Open : Open with { Id = NextId() };
        var clause = named.ToClause(Parties, records, faults);
        if (faults.Count > 0) return this;

        var clauses = Clauses.ToList();
        if (Open.Index is { } index && index < clauses.Count) clauses[index] = clause;
        else clauses.Add(clause);
        return this with { Clauses = clauses, Open = null };
    }

    /// <summary>What it proposes, and what is wrong with it.</summary>
    /// <param name="now">From when on awards count where no day is given.</param>
    /// <param name="faults">What is wrong.</param>
    public AgreementProposal ToProposal(DateTimeOffset now, List<FieldFault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        Add(ValueRules.Text(Name, "title"), "title");
        if (!IsAmendment) Add(ValueRules.Id(Id, "agreementId"), "agreementId");
        if (Parties.Count < 2) faults.Add(new FieldFault("party", "Choose at least one partner."));
        if (Clauses.Count == 0) faults.Add(new FieldFault("clauses", "Write at least one clause."));
        if (Reference.Length > 0) Add(ValueRules.Url(Reference, "reference"), "reference");
        if (!DayField.TryRead(ValidFrom, isEnd: false, out var from))
            faults.Add(new FieldFault("validFrom", "Give a day."));
        if (!DayField.TryRead(ValidUntil, isEnd: true, out var until))
            faults.Add(new FieldFault("validUntil", "Give a day."));
        if (!int.TryParse(NoticeDays, NumberStyles.None, CultureInfo.InvariantCulture, out int notice)
            || notice > Limits.MaxNoticeDays)
            faults.Add(new FieldFault("noticeDays", "Give a number of days."));
        from = ValidFrom == DayField.Write(ExactFrom) ? ExactFrom ?? from : from;
        until = ValidUntil == DayField.Write(ExactUntil) ? ExactUntil ?? until : until;
        from ??= LedgerJson.ToMilliseconds(now);
        if (until <= from || until <= now)
            faults.Add(new FieldFault("validUntil", "Give a day to come, after the first."));
        return new AgreementProposal
        {
            Id = IsAmendment ? null : Id,
            Name = Name,
            Parties = Parties,
            Clauses = Clauses,
            ValidFrom = from,
            ValidUntil = until,
            NoticeDays = notice,
            Reference = Reference.Length > 0 ? Reference : null,
        };

        void Add(LedgerError? fault, string field)
        {
            if (fault is not null) faults.Add(new FieldFault(field, fault.Message));
        }
    }

    private string NextId() => Enumerable.Range(Clauses.Count + 1, int.MaxValue - Clauses.Count - 1)
        .Select(number => $"clause-{number.ToString(CultureInfo.InvariantCulture)}")
        .First(name => Clauses.All(clause => clause.Id != name));

    private sealed record ClauseList(IReadOnlyList<AgreementClause> Clauses);
}
