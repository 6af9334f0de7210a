using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>
/// When achievements can be taken by what their institutions say, read again only when one of them said something else.
/// Thread-safe.
/// </summary>
public sealed class Offerings(LedgerProjection projection)
{
    private readonly RecordSnapshot<Offering, IReadOnlyDictionary<(string MspId, string Achievement), Offering>>
        _snapshot = new(
            projection, RecordKey.OfferingType, all => all.ToDictionary(one => (one.MspId, one.Achievement)));

    /// <summary>What is known, by institution and achievement.</summary>
    public IReadOnlyDictionary<(string MspId, string Achievement), Offering> All => _snapshot.Get();

    /// <summary>Finds when one achievement can be taken; none if its institution does not say.</summary>
    public Offering? Find(string mspId, string achievement)
    {
        projection.Unreadable.Require(RecordKey.Offering(mspId, achievement));
        return All.GetValueOrDefault((mspId, achievement));
    }

    /// <summary>Writes an offering as planning takes it.</summary>
    /// <param name="offering">The offering.</param>
    public static IEnumerable<Offer> OffersOf(Offering offering) =>
        offering.Offers.Select(offer => new Offer
        {
            MspId = offering.MspId,
            Achievement = offering.Achievement,
            Term = new Term(offer.Term, offer.First, offer.Last),
            PlacesLeft = offer.Places,
            Mode = ModeOf(offer.Mode),
            Language = offer.Language,
            Cost = offer.Cost is { } cost ? (decimal)cost : null,
            Currency = offer.Currency ?? Offer.Euro,
            Url = offer.Url,
        });

    private static OfferMode? ModeOf(string? participation) => participation switch
    {
        null => null,
        "online" => OfferMode.Online,
        "blended" => OfferMode.Blended,
        _ => OfferMode.OnSite,
    };
}
