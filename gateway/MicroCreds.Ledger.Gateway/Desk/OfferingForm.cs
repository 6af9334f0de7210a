using System.Globalization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What stands in the form of when an achievement can be taken.</summary>
/// <param name="Rows">The offers, one a row; a row in which nothing stands is none.</param>
/// <param name="StartsAfter">What must be finished before, as <see cref="PathwayItems"/> reads it.</param>
internal sealed record OfferingForm(IReadOnlyList<OfferRow> Rows, string StartsAfter)
{
    /// <summary>How many empty rows a form has below what stands there.</summary>
    public const int EmptyRows = 2;

    private const string RowField = "offer-";

    /// <summary>Reads a form.</summary>
    public static OfferingForm Of(IFormCollection form) => new(
        [
            .. Enumerable.Range(0, Limits.MaxOffers)
                .TakeWhile(row => form.ContainsKey(Name(row, nameof(OfferRow.Term))))
                .Select(row => OfferRow.Of(field => form[Name(row, field)].LastOrDefault()?.Trim() ?? ""))
                .Where(row => !row.IsEmpty),
        ],
        form["startsAfter"].LastOrDefault()?.Trim() ?? "");

    /// <summary>Writes what stands on the ledger.</summary>
    public static OfferingForm Of(Offering? offering) => new(
        [.. (offering?.Offers ?? []).Select(OfferRow.Of)],
        string.Join('\n', (offering?.StartsAfter ?? []).Select(PathwayItems.Text)));

    /// <summary>Names a field of a row.</summary>
    public static string Name(int row, string field) =>
        string.Create(CultureInfo.InvariantCulture, $"{RowField}{row}-{field}");

    /// <summary>Takes it as what can be published; what cannot be read or may not be is told.</summary>
    public (OfferingDefinition Definition, IReadOnlyList<string> Places) Read()
    {
        var reading = new FieldReading();
        var definition = new OfferingDefinition
        {
            Offers = [.. Rows.Select((row, i) => row.Read($"/offers/{i}", reading))],
            StartsAfter = PathwayItems.Read("/startsAfter", [StartsAfter], reading),
        };
        return (definition,
        [
            .. reading.Faults.Select(fault => fault.Place)
                .Concat(OfferingRules.Check(definition).Select(fault => fault.Field ?? "")).Distinct(),
        ]);
    }
}

/// <summary>What stands in the row of one offer.</summary>
internal sealed record OfferRow(
    string Term, string First, string Last, string Places, string Mode, string Language, string Cost, string Currency,
    string Url)
{
    private const string DayForm = "yyyy-MM-dd";

    /// <summary>A row in which nothing stands.</summary>
    public static OfferRow Empty { get; } = Of(_ => "");

    /// <summary>Whether nothing stands in it.</summary>
    public bool IsEmpty => this == Empty;

    /// <summary>Reads the fields of a row.</summary>
    public static OfferRow Of(Func<string, string> read) => new(
        read(nameof(Term)), read(nameof(First)), read(nameof(Last)), read(nameof(Places)), read(nameof(Mode)),
        read(nameof(Language)), read(nameof(Cost)), read(nameof(Currency)), read(nameof(Url)));

    /// <summary>Writes an offer.</summary>
    public static OfferRow Of(AchievementOffer offer) => new(
        offer.Term, offer.First.ToString(DayForm, CultureInfo.InvariantCulture),
        offer.Last.ToString(DayForm, CultureInfo.InvariantCulture),
        offer.Places?.ToString(CultureInfo.InvariantCulture) ?? "", offer.Mode ?? "", offer.Language ?? "",
        offer.Cost?.ToString(CultureInfo.InvariantCulture) ?? "", offer.Currency ?? "", offer.Url ?? "");

    /// <summary>Takes it as an offer.</summary>
    public AchievementOffer Read(string place, FieldReading reading) => new()
    {
        Term = Term,
        First = Day(place + "/first", First, reading),
        Last = Day(place + "/last", Last, reading),
        Places = reading.Whole(place + "/places", Places),
        Mode = NullIfEmpty(Mode),
        Language = NullIfEmpty(Language),
        Cost = reading.Number(place + "/cost", Cost),
        Currency = NullIfEmpty(Currency.ToUpperInvariant()),
        Url = NullIfEmpty(Url),
    };

    private static DateOnly Day(string place, string text, FieldReading reading)
    {
        if (DateOnly.TryParseExact(text, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        reading.Add(place, "must be a day.");
        return default;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
