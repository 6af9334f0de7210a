using System.Text.Json;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Applying;

/// <summary>
/// Small awards on the way along a pathway. Each is the award of a pathway of its own, so that reaching it, issuing it
/// and withdrawing it are as for any other. Thread-safe.
/// </summary>
public sealed class MilestoneAwards(
    Milestones milestones, ProjectedPathways pathways, ProjectedRecords records, PathwayProgress progress,
    BadgeImages images, AwardAsking asking, AwardDeciding deciding, AwardApplications applications,
    HeldDocuments held, AuditTrail trail, GatewayServiceOptions options)
{
    /// <summary>Lists the milestones of a pathway, and which of them a learner has reached.</summary>
    public IReadOnlyList<ReachedMilestone> Of(Pathway pathway, LearnersFile file)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        ArgumentNullException.ThrowIfNull(file);
        if (!asking.Takes(pathway)) return [];
        var found = new List<ReachedMilestone>();
        foreach (var (milestone, step) in StepsOf(pathway))
        {
            var evaluation = progress.Evaluate(step, file, new PathwayGoal());
            found.Add(new ReachedMilestone(
                step, records.AwardOf(step), images.Find(step.Award.Id, step.Award.Version), evaluation.Complete,
                file.Earned.Any(one => one.Ledger is null && one.Achievement.MspId == step.MspId
                    && one.Achievement.Id == step.Award.Id)));
        }

        return found;
    }

    /// <summary>
    /// Asks for the award of a milestone. It is given at once if the institution wants that and the learner's device
    /// holds one of the credentials that count: whoever has a copy of a file, and knows its learner's address, does
    /// not. Otherwise somebody at the desk decides as on any application.
    /// </summary>
    /// <param name="context">The learner's request.</param>
    /// <param name="pathway">The pathway.</param>
    /// <param name="step">The milestone's own pathway, by its id.</param>
    /// <param name="credentials">What the learner brings.</param>
    /// <param name="email">Where the award is to be sent. Default is nowhere.</param>
    /// <param name="language">In which language.</param>
    /// <param name="device">The secret of the learner's device. Default is none.</param>
    public async Task<AskedAward> AskAsync(
        HttpContext context, Pathway pathway, string step, IReadOnlyList<JsonElement> credentials, string? email,
        string? language, string? device)
    {
        ArgumentNullException.ThrowIfNull(context);
        var meant = StepsOf(pathway).FirstOrDefault(one => one.Step.Id == step);
        if (meant.Step is null) return new AskedAward(AskingFault.NotHere);
        var asked = await asking.AskAsync(meant.Step, credentials, email, language, device, context.RequestAborted);
        if (asked.Application is not { } application || !meant.Milestone.IsAutomatic) return asked;
        if (!await HoldsPartAsync(context, application)) return asked;
        try
        {
            string id = application.Id.ToString();
            await trail.NoteAsync(
                context, Caller.Gateway, AwardApplicationResource.AwardAction, (AwardApplicationResource.Kind, id),
                () => deciding.AwardAsync(id, mayBeDuplicate: false, Caller.Gateway));
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.PossibleDuplicate)
        {
            await applications.WithdrawAsync(asked.Secret);
            return new AskedAward(AskingFault.Given);
        }
        catch (Exception fault) when (UnattendedIssuing.LeavesItWaiting(fault))
        {
            // It waits at the desk as any other; the trail says why.
        }

        return asked;
    }

    /// <summary>Sets the milestones of an own pathway.</summary>
    /// <exception cref="ProblemException">One of them cannot be; nothing was changed.</exception>
    public async Task SetAsync(Pathway pathway, IReadOnlyList<MilestoneStep> wanted)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        ArgumentNullException.ThrowIfNull(wanted);
        if (wanted.Count > Milestones.MaxOfOne)
            throw ProblemException.Invalid("/items", $"has {wanted.Count}: at most {Milestones.MaxOfOne} are taken.");
        for (int i = 0; i < wanted.Count; i++)
        {
            string place = $"/items/{i}";
            if (wanted[i] is not { } one) throw ProblemException.Invalid(place, "must be a milestone, not null.");
            if (one.Step == pathway.Id)
                throw ProblemException.Invalid(place, "is the pathway itself: name a shorter one on its way.");
            if (wanted.Take(i).Any(other => other.Step == one.Step))
                throw ProblemException.Invalid(place, "is there already, perhaps in another version.");
            if (ValueRules.Id(one.Step, "") is not null
                || pathways.Find(options.MspId, one.Step, one.Version) is not { RetiredAt: null })
            {
                throw ProblemException.Invalid(
                    place, "must be a pathway of this institution that is published and not retired.");
            }
        }

        await milestones.SetAsync(pathway.Id, pathway.Version, wanted);
    }

    /// <summary>The milestones that are set, with those whose pathways are retired since.</summary>
    public IReadOnlyList<MilestoneStep> ListOf(Pathway pathway)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        return pathway.MspId == options.MspId ? milestones.List(pathway.Id, pathway.Version) : [];
    }

    private IEnumerable<(MilestoneStep Milestone, Pathway Step)> StepsOf(Pathway pathway) => ListOf(pathway)
        .Select(one => (one, pathways.Find(options.MspId, one.Step, one.Version)!))
        .Where(item => item.Item2 is { RetiredAt: null });

    private async Task<bool> HoldsPartAsync(HttpContext context, AwardApplication application)
    {
        var parts = applications.ListParts(application.Id);
        return (await held.OfAsync(context)).Any(document =>
            document.TryGetProperty("id", out var id) && parts.Contains(id.GetString(), StringComparer.Ordinal));
    }
}

/// <summary>A milestone on a learner's way.</summary>
/// <param name="Step">The milestone's own pathway.</param>
/// <param name="Award">What its award is called.</param>
/// <param name="Badge">What that looks like; none has the institution's plain one.</param>
/// <param name="IsReached">Whether the learner has all that it asks.</param>
/// <param name="IsGiven">Whether the learner has brought its award, too.</param>
public sealed record ReachedMilestone(Pathway Step, string Award, ShownBadge? Badge, bool IsReached, bool IsGiven);
