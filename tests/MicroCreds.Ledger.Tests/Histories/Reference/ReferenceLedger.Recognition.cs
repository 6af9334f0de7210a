namespace MicroCreds.Ledger.Tests.Histories.Reference;

internal sealed partial class ReferenceLedger
{
    /// <summary>As how many credits an institution recognises a credential that stands; null if it does not.</summary>
    public double? Recognize(Paper paper, string institution, DateTimeOffset now)
    {
        if (!Judge(paper, now).IsValid) return null;
        if (institution == paper.MspId) return paper.Course.Credits;

        // All agreements that are in force for the award are looked at; the learner gets the most.
        return All<AgreementProposed>().Select(proposed => proposed.Id).Distinct()
            .Max(id => Recognize(id, paper, institution));
    }

    /// <summary>Which positions of a list are set.</summary>
    /// <param name="papers">All credentials of the list.</param>
    /// <param name="purpose">Revocation or suspension.</param>
    /// <param name="isOpen">Those of which the rules do not say.</param>
    public IReadOnlySet<int> ReadList(IEnumerable<Paper> papers, string purpose, out IReadOnlySet<int> isOpen)
    {
        var set = new HashSet<int>();
        var open = new HashSet<int>();
        foreach (var paper in papers)
        {
            if (All<Anchored>(paper.MspId).FirstOrDefault(one => one.Root == paper.Root) is not { } anchored) continue;
            string state = StateOf(paper.MspId, paper.Root, paper.Index);
            bool isStolen = IsStolen(paper.MspId, anchored.KeyId, anchored.At.Time);
            if (state == "forged" || !anchored.IsGenuine) open.Add(paper.Position);
            else if (purpose == "suspension" ? state == "suspended" : state == "revoked" || isStolen)
                set.Add(paper.Position);
        }

        isOpen = open;
        return set;
    }

    private double? Recognize(string id, Paper paper, string institution)
    {
        var award = All<Anchored>(paper.MspId).First(one => one.Root == paper.Root).At;
        AgreementProposed? ruling = null;
        bool isFirst = true;
        foreach (var proposed in All<AgreementProposed>().Where(one => one.Id == id).OrderBy(one => one.Version))
        {
            if (!Counts(proposed, isGoodNews: true) || AgreedAt(proposed) is not { } agreed) continue;

            // The first one that was agreed may look back: nothing was worth anything before it. An amendment may not.
            var from = isFirst ? DateTimeOffset.MinValue
                : agreed > proposed.ValidFrom ? agreed : proposed.ValidFrom;
            isFirst = false;
            if (from <= award.Time) ruling = proposed;
        }

        if (ruling is null || !ruling.Parties.Contains(institution) || !ruling.Parties.Contains(paper.MspId))
            return null;
        if (award.Time < ruling.ValidFrom || award.Time >= ruling.ValidUntil) return null;
        if (All<NoticeGiven>().Any(notice => notice.Id == id && Counts(notice, isGoodNews: false)
            && award.Time >= notice.EndsAt
            && (ruling.Parties.Count == 2 || notice.MspId == institution || notice.MspId == paper.MspId)))
            return null;

        return ruling.Clauses
            .Where(clause => clause.RecognizedBy.Count == 0 || clause.RecognizedBy.Contains(institution))
            .Where(clause => clause.AwardedBy.Count == 0 || clause.AwardedBy.Contains(paper.MspId))
            .Where(clause => clause.Scope.Means(paper.Course))
            .Where(clause => !clause.AccreditedOnly || IsAccredited(paper))
            .Max(clause => (double?)CreditsOf(clause, paper.Course));
    }

    // A share of the course's own credits is rounded to hundredths, the half upwards.
    private static double CreditsOf(Clause clause, Course course) => clause.Credits
        ?? (double)Math.Round((decimal)course.Credits * (decimal)(clause.Ratio ?? 1), 2, MidpointRounding.AwayFromZero);

    /// <summary>When the last party agreed; null while one has not.</summary>
    private DateTimeOffset? AgreedAt(AgreementProposed proposed)
    {
        var agreed = new List<DateTimeOffset> { proposed.At.Time };
        foreach (string party in proposed.Parties.Where(party => party != proposed.MspId))
        {
            var accepted = All<AgreementAccepted>(party).FirstOrDefault(one =>
                one.Id == proposed.Id && one.Version == proposed.Version && Counts(one, isGoodNews: true));
            if (accepted is null) return null;
            agreed.Add(accepted.At.Time);
        }

        return agreed.Max();
    }
}
