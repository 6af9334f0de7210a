using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>
/// What a request for a plan names: what nobody has published is refused, so that a slip of the pen is not taken for a
/// wish that was kept; what there is and makes no difference is told.
/// </summary>
internal sealed class PlanNames(
    PlanRequest request, AchievementOffers offers, ProjectedRecords records, LedgerProjection projection)
{
    private const int MaxTold = 10;

    private IEnumerable<(string Place, string MspId, string Achievement)> All =>
    [
        .. request.Without.Select((one, i) => ($"/without/{i}", one.MspId, one.Achievement)),
        .. request.NotThen.Select((one, i) => ($"/notThen/{i}", one.MspId, one.Achievement)),
        .. request.Underway.Select((one, i) => ($"/underway/{i}", one.MspId, one.Achievement)),
    ];

    /// <summary>Requires that there is, or was, all that is named.</summary>
    /// <exception cref="ProblemException">Each name is told with its place and with what is known.</exception>
    public void Require()
    {
        FieldFault[] faults =
            [.. All.Select(one => FaultOf(one.Place, one.MspId, one.Achievement)).OfType<FieldFault>()];
        if (faults.Length > 0) throw ProblemException.Invalid(faults);
    }

    /// <summary>Lists what makes no difference to what is asked.</summary>
    public IReadOnlyList<PassedOver> PassedOver(PlanInput input)
    {
        var days = input.Offers.Concat(input.Underway).ToLookup(
            offer => (offer.MspId, offer.Achievement), offer => offer.Term.First);
        var open = input.Pathway.Catalogue.Select(one => (one.MspId, one.Id)).ToHashSet();
        return
        [
            .. request.NotThen.Select((one, i) => (One: one, Days: days[(one.MspId, one.Achievement)], Place: i))
                .Where(not => not.Days.Any() && !not.Days.Contains(not.One.First))
                .Select(not => new PassedOver(
                    $"/notThen/{not.Place}",
                    $"No offer of this achievement begins on that day: it begins {DaysOf(not.Days)}.")),
            .. request.Underway.Select((one, i) => (One: one, Place: i))
                .Where(step => !open.Contains((step.One.MspId, step.One.Achievement)))
                .Select(step => new PassedOver(
                    $"/underway/{step.Place}",
                    "This achievement was retired, or is not to be taken: it is not planned with.")),
            .. request.Underway.Select((one, i) => (One: one, Place: i))
                .Where(step => open.Contains((step.One.MspId, step.One.Achievement))
                    && !days.Contains((step.One.MspId, step.One.Achievement)))
                .Select(step => new PassedOver(
                    $"/underway/{step.Place}",
                    "Nothing of the pathway asks for this achievement: it is not planned with.")),
        ];
    }

    private static string DaysOf(IEnumerable<DateOnly> days) =>
        Listed([.. days.Distinct().Order().Select(day => day.ToString("O"))]);

    private static string Listed(string[] names) => names.Length <= MaxTold
        ? string.Join(", ", names) : $"{string.Join(", ", names.Take(MaxTold))} and {names.Length - MaxTold} more";

    private FieldFault? FaultOf(string place, string mspId, string achievement)
    {
        if (mspId is null || !projection.Institutions.ContainsKey(mspId))
        {
            string[] members = [.. projection.Institutions.Keys.Order(StringComparer.Ordinal)];
            return new FieldFault(
                $"{place}/mspId", $"must be an institution of this consortium: {Listed(members)}.");
        }

        var known = offers.List().Where(one => one.MspId == mspId).ToList();
        if (known.Exists(one => one.Id == achievement) || IsPublished(mspId, achievement)) return null;
        string[] ids = [.. known.Select(one => one.Id).Distinct().Order(StringComparer.Ordinal)];
        return new FieldFault(
            $"{place}/achievement",
            ids.Length == 0 ? $"is nothing that {mspId} has published: it offers nothing."
                : $"is nothing that {mspId} has published: it offers {Listed(ids)}.");
    }

    /// <summary>Whether there was one, which may be retired by now.</summary>
    private bool IsPublished(string mspId, string achievement) =>
        ValueRules.Id(achievement, "") is null && records.FindNewestAchievement(mspId, achievement) is not null;
}
