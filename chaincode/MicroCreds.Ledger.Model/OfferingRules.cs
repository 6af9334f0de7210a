namespace MicroCreds.Ledger.Model;

/// <summary>What may be said of when an achievement can be taken; all faults are named at once.</summary>
public sealed class OfferingRules
{
    private const int CurrencyLetters = 3;

    private readonly List<LedgerError> _faults = [];

    private OfferingRules()
    {
    }

    /// <summary>Names everything wrong, with JSON pointers and what to do about it; nothing if all is well.</summary>
    public static IReadOnlyList<LedgerError> Check(OfferingDefinition offering)
    {
        ArgumentNullException.ThrowIfNull(offering);
        var rules = new OfferingRules();
        rules.Add(ValueRules.Count(offering.Offers, "/offers", 0, Limits.MaxOffers));
        for (int i = 0; i < (offering.Offers?.Count ?? 0); i++)
        {
            rules.CheckOffer(offering.Offers![i], $"/offers/{i}");
            rules.CheckIsNew(offering.Offers, i);
        }

        rules.Add(ValueRules.Count(offering.StartsAfter, "/startsAfter", 0, Limits.MaxPathwayPrerequisites));
        return rules._faults;
    }

    private void CheckOffer(AchievementOffer? offer, string field)
    {
        if (offer is null)
        {
            Add(ValueRules.Invalid(field, "must be an offer, not null."));
            return;
        }

        Add(ValueRules.Text(offer.Term, field + "/term"));
        if (offer.First.Year is < Limits.MinOfferYear or > Limits.MaxOfferYear)
        {
            Add(ValueRules.Invalid(
                field + "/first", $"must be a day of the years {Limits.MinOfferYear} to {Limits.MaxOfferYear}."));
        }

        if (offer.Last < offer.First)
            Add(ValueRules.Invalid(field + "/last", "is before the first day: give the last day, that one included."));
        else if (offer.Last.DayNumber - offer.First.DayNumber >= Limits.MaxOfferDays)
            Add(ValueRules.Invalid(field + "/last", $"makes it longer than {Limits.MaxOfferDays} days."));
        if (offer.Places is { } places) Add(ValueRules.Range(places, field + "/places", 0, Limits.MaxPlaces));
        if (offer.Mode is { } mode) Add(ValueRules.OneOf(mode, field + "/mode", AchievementCodes.Participations));
        if (offer.Language is { } language) Add(ValueRules.Language(language, field + "/language"));
        if (offer.Url is { } url) Add(ValueRules.Url(url, field + "/url"));
        CheckCost(offer, field);
    }

    private void CheckIsNew(IReadOnlyList<AchievementOffer> offers, int place)
    {
        for (int i = 0; i < place; i++)
        {
            if (offers[i] is null || offers[i] != offers[place]) continue;
            Add(ValueRules.Invalid(
                $"/offers/{place}", $"is the same as /offers/{i}: leave it out, or say what differs."));
            return;
        }
    }

    private void CheckCost(AchievementOffer offer, string field)
    {
        if (offer.Cost is { } cost
            && !(cost >= 0 && cost <= Limits.MaxCost && Math.Round(cost * 100) / 100 == cost))
        {
            Add(ValueRules.Invalid(
                field + "/cost", $"must be an amount from 0 to {Limits.MaxCost}, to the hundredth."));
        }

        if (offer.Cost is null != offer.Currency is null)
            Add(ValueRules.Invalid(field + "/currency", "must stand there if and only if the cost does."));
        else if (offer.Currency is { } currency
            && (currency.Length != CurrencyLetters || !currency.All(char.IsAsciiLetterUpper)))
        {
            Add(ValueRules.Invalid(field + "/currency", "must be a currency's code by ISO 4217, such as EUR."));
        }
    }

    private void Add(LedgerError? fault)
    {
        if (fault is not null) _faults.Add(fault);
    }
}
