namespace MicroCreds.Ledger.Tests.Histories.Reference;

internal sealed partial class ReferenceLedger
{
    private static readonly TimeSpan AnchoringGrace = TimeSpan.FromMinutes(5);

    /// <summary>Judges a credential as it is shown at a time.</summary>
    public ReferenceVerdict Judge(Paper paper, DateTimeOffset now)
    {
        var verdict = new ReferenceVerdict();
        if (!paper.IsProven) verdict.Fail("signatureMismatch");
        if (paper.Ledger != Name) verdict.Fail("otherLedger");
        if (!paper.IsInTree) verdict.Fail("inclusionMismatch");
        JudgeIssuer(paper, verdict);
        var anchored = All<Anchored>(paper.MspId).FirstOrDefault(one => one.Root == paper.Root);
        if (anchored is null)
        {
            if (now - paper.MadeAt <= AnchoringGrace) verdict.Doubt("notAnchoredYet");
            else verdict.Fail("notAnchored");
            return verdict;
        }

        if (!anchored.IsReadable)
        {
            verdict.Doubt("recordUnreadable");
            return verdict;
        }

        if (!anchored.IsGenuine) verdict.Fail("statementForged");
        if ((anchored.Achievement, anchored.Version) != (paper.Course.Id, paper.Course.Version))
            verdict.Fail("achievementNotIssued");
        JudgeContent(paper, verdict);
        JudgeKey(paper, anchored, verdict);
        JudgeStatus(paper, verdict);
        return verdict;
    }

    /// <summary>Whether the issuer was accredited for it, as it stood when it was anchored.</summary>
    public bool IsAccredited(Paper paper)
    {
        if (All<Anchored>(paper.MspId).FirstOrDefault(one => one.Root == paper.Root) is not { } anchored)
            return false;
        return All<AccreditationSaid>().Where(said => said.Institution == paper.MspId)
            .Select(said => (said.MspId, said.Id)).Distinct()
            .Any(one => IsInForce(one.MspId, one.Id, paper, anchored.At));
    }

    private void JudgeIssuer(Paper paper, ReferenceVerdict verdict)
    {
        // Who this is was confirmed by the others, once; what was confirmed once stays the institution's for ever.
        var confirmed = All<IdentityConfirmed>(paper.MspId).ToList();
        if (confirmed.Count == 0)
        {
            // What one only says of itself, one may also unsay.
            verdict.Doubt("issuerUnconfirmed");
            if (All<IdentityClaimed>(paper.MspId).LastOrDefault() is { } claimed
                && (claimed.Did, claimed.Name) != (paper.Did, paper.IssuerName))
                verdict.Suspect("issuerMismatch");
        }
        else if (confirmed.All(identity => identity.Did != paper.Did)) verdict.Fail("issuerMismatch");
        else if (confirmed.All(identity => identity.Did != paper.Did || identity.Name != paper.IssuerName))
            verdict.Fail("issuerMismatch");
    }

    private void JudgeContent(Paper paper, ReferenceVerdict verdict)
    {
        var published = All<Published>(paper.MspId).Select(one => one.Course)
            .FirstOrDefault(one => one.Id == paper.Course.Id && one.Version == paper.Course.Version);
        if (published is null) verdict.Fail("achievementUnknown");
        else if (published != paper.Course) verdict.Fail("achievementMismatch");
    }

    private void JudgeKey(Paper paper, Anchored anchored, ReferenceVerdict verdict)
    {
        if (anchored.KeyId != paper.KeyId) verdict.Fail("otherKey");
        if (!All<KeyAdded>(paper.MspId).Any(one =>
            one.KeyId == anchored.KeyId && one.At.Block <= anchored.At.Block))
            verdict.Fail("unknownKey");
        if (IsStolen(paper.MspId, anchored.KeyId, anchored.At.Time)) verdict.Fail("keyCompromised");
        else if (All<KeyWithdrawn>(paper.MspId).Any(one =>
            one.KeyId == anchored.KeyId && one.At.Block < anchored.At.Block))
            verdict.Fail("keyRevoked");
    }

    private void JudgeStatus(Paper paper, ReferenceVerdict verdict)
    {
        switch (StateOf(paper.MspId, paper.Root, paper.Index))
        {
            case "revoked":
                verdict.Fail("revoked");
                break;
            // Whoever sees only the last word, which a thief spoke, may doubt where one who knows all would refuse.
            case "suspended" when All<StatusSaid>(paper.MspId).Last(one =>
                one.Root == paper.Root && one.Index == paper.Index).State == "inForce":
                verdict.Suspect("statusKeyCompromised");
                break;
            case "suspended":
                verdict.Fail("suspended");
                break;
            case "forged":
                verdict.Suspect("statusForged");
                break;
        }
    }

    /// <summary>What stands last about a credential; who reinstated with a stolen key changed nothing.</summary>
    private string StateOf(string mspId, string root, int index)
    {
        string state = "inForce";
        foreach (var said in All<StatusSaid>(mspId).Where(one => one.Root == root && one.Index == index))
        {
            if (!said.IsGenuine) state = "forged";
            else if (Counts(said, isGoodNews: said.State == "inForce")) state = said.State;
        }

        return state;
    }

    private bool IsInForce(string accreditor, string id, Paper paper, Moment at)
    {
        // An accreditor's word counts while it is one.
        bool isAccreditor = false;
        foreach (var decided in All<AccreditorDecided>(accreditor).Where(one => one.At.Block <= at.Block))
        {
            // What thieves voted is no vote: who was made one by theirs never was.
            if (decided.Votes.Count(vote => Counts(vote, isGoodNews: true)) >= decided.Needed)
                isAccreditor = decided.IsAdmitted;
        }

        if (!isAccreditor) return false;

        // As it stood: only what was written by then counts, however it is dated; and of that, what had taken effect.
        var said = All<AccreditationSaid>(accreditor)
            .Where(one => one.Institution == paper.MspId && one.Id == id && one.At.Block <= at.Block
                && Counts(one, isGoodNews: one.Action is "grant" or "lift"))
            .Select((one, order) => (Said: one, From: EffectOf(one), Order: order))
            .Where(one => one.From <= at.Time)
            .OrderBy(one => one.Said.Action != "grant").ThenBy(one => one.From).ThenBy(one => one.Order);
        bool isInForce = false, isWithdrawn = false, isGranted = false;
        DateTimeOffset? until = null;
        var scopes = new List<Scope>();
        foreach (var (one, _, _) in said)
        {
            if (isWithdrawn || (one.Action != "grant" && !isGranted)) continue;
            if (one.Action == "grant")
                (isGranted, isInForce, until, scopes) = (true, true, one.ValidUntil, [one.Scope]);
            if (one.Action == "narrow")
            {
                // Each narrowing takes something away; none gives anything back.
                if (until is null || one.ValidUntil < until) until = one.ValidUntil ?? until;
                if (one.IsScopeGiven) scopes.Add(one.Scope);
            }

            if (one.Action is "suspend" or "withdraw") isInForce = false;
            if (one.Action == "lift") isInForce = true;
            isWithdrawn |= one.Action == "withdraw";
        }

        return isInForce && (until is null || at.Time < until) && scopes.TrueForAll(scope => scope.Means(paper.Course));
    }

    private static DateTimeOffset EffectOf(AccreditationSaid said) => said.Action == "grant"
        ? said.ValidFrom ?? said.At.Time
        : said.EffectiveFrom > said.At.Time ? said.EffectiveFrom.Value : said.At.Time;
}

/// <summary>What must come out.</summary>
internal sealed class ReferenceVerdict
{
    private readonly List<string> _fails = [];
    private readonly List<string> _doubts = [];
    private readonly List<string> _suspicions = [];

    /// <summary>Why it is bad, if it is.</summary>
    public IReadOnlyList<string> Fails => _fails;

    /// <summary>Why it may be called bad.</summary>
    public IReadOnlyList<string> Suspicions => _suspicions;

    /// <summary>
    /// The kinds that are right: one, but where the rules leave open whether a lie is a fault or a doubt.
    /// </summary>
    public IReadOnlyList<string> Kinds =>
        _fails.Count > 0 ? ["Invalid"]
        : _suspicions.Count > 0 ? ["Invalid", "Indeterminate"]
        : _doubts.Count > 0 ? ["Indeterminate"]
        : ["Valid"];

    public bool IsValid => _fails.Count == 0 && _doubts.Count == 0 && _suspicions.Count == 0;

    public void Fail(string why) => _fails.Add(why);

    public void Doubt(string why) => _doubts.Add(why);

    public void Suspect(string why) => _suspicions.Add(why);

    public override string ToString() =>
        $"{string.Join('/', Kinds)} ({string.Join(", ", [.. _fails, .. _doubts, .. _suspicions])})";
}
