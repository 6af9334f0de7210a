using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Desk.Agreements;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk.Voting;

/// <summary>/desk/ballots: what the members are asked, and how this institution answers.</summary>
internal static class BallotDesk
{
    public const string Address = DeskAnswers.Address + "/ballots";

    private const int ShownClosed = 20;
    private const int MaxFormBytes = 16 * 1024;

    public static void MapBallots(this IEndpointRouteBuilder desk)
    {
        var ballots = desk.MapGroup("/ballots");
        ballots.MapGet("", List);
        ballots.MapGet("/new", (HttpContext context, BallotDeskServices services) =>
            services.Form(context, null, null, fault: null))
            .Unaudited("An empty form asks nothing yet.").RequireAuthorization(GatewayRoles.Registrar);
        ballots.MapPost("/preview", PreviewAsync).Unaudited("Nothing is kept of it.").TakesForm();
        ballots.MapPost("", ProposeAsync).Audited("ballot.propose", "ballot").TakesForm();
        ballots.MapGet("/{id}", Show);
        ballots.MapPost("/{id}/votes", VoteAsync).Audited("ballot.vote", "ballot").TakesForm();
    }

    private static void TakesForm(this RouteHandlerBuilder route) => route
        .RequireAuthorization(GatewayRoles.Registrar)
        .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static IResult List(HttpContext context, BallotDeskServices services)
    {
        return services.List(context, DeskQuery.SkippedOf(context, "after"), ShownClosed);
    }

    private static IResult Show(string id, HttpContext context, BallotDeskServices services) =>
        services.Card(context, id, context.Request.Query["now"].LastOrDefault());

    private static async Task<IResult> PreviewAsync(HttpContext context, BallotDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var (choice, proposal) = services.Read(form);
        return form.ContainsKey("change")
            ? services.Form(context, choice, proposal, fault: null)
            : services.Preview(context, choice, proposal, fault: null);
    }

    private static async Task<IResult> ProposeAsync(HttpContext context, BallotDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var (choice, proposal) = services.Read(form);
        if (form["read"] != "yes")
            throw ProblemException.Invalid("/read", "must be confirmed: nothing is signed that was not read.");
        try
        {
            var committed = await services.Ballots.ProposeAsync(proposal);
            return DeskAnswers.Lead(context, $"{Address}/{committed.Record.Statement.Id}?now=proposed");
        }
        catch (Exception exception) when (ProblemTranslation.Translate(exception) is { } problem
            && (problem.Kind == ProblemKind.InvalidRequest || problem.Kind == ProblemKind.Conflict))
        {
            context.Response.StatusCode = problem.Kind.Status;
            context.Items[typeof(ProblemKind)] = problem.Kind.Name;
            return services.Preview(context, choice, proposal, problem);
        }
    }

    private static async Task<IResult> VoteAsync(string id, HttpContext context, BallotDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        if (form["read"] != "yes")
            throw ProblemException.Invalid("/read", "must be confirmed: nothing is signed that was not read.");
        bool approve = form["approve"].ToString() switch
        {
            "yes" => true,
            "no" => false,
            _ => throw ProblemException.Invalid("/approve", "must be yes or no."),
        };
        await services.Ballots.VoteAsync(id, approve, form["digest"].ToString());
        return DeskAnswers.Lead(context, $"{Address}/{Uri.EscapeDataString(id)}?now=voted");
    }
}

/// <summary>What the pages of ballots read. Thread-safe.</summary>
public sealed class BallotDeskServices(
    LedgerProjection projection, ProjectedRecords records, MemberBallots ballots, MemberStatements statements,
    Endings endings, TimeProvider time)
{
    private static readonly TimeSpan OpenByDefault = TimeSpan.FromDays(30);

    /// <summary>The institution's part in ballots.</summary>
    public MemberBallots Ballots => ballots;

    /// <summary>Answers with all of them.</summary>
    /// <param name="context">The request.</param>
    /// <param name="skipped">How many of the closed ones were shown before.</param>
    /// <param name="shown">How many of the closed ones are shown.</param>
    public IResult List(HttpContext context, int skipped, int shown)
    {
        var now = time.GetUtcNow();
        var all = projection.Shared.Ballots;
        var closed = all.Where(one => one.StateAt(now) != BallotState.Open)
            .OrderByDescending(one => one.DecidedAt ?? one.Statement.ClosesAt)
            .ThenBy(one => one.Statement.Id, StringComparer.Ordinal).ToList();
        var visit = Visit.Of(context);
        return DeskAnswers.Page<BallotList>(
            context, visit, (nameof(BallotList.Words), Words(visit)),
            (nameof(BallotList.Open), all.Where(one => one.StateAt(now) == BallotState.Open)
                .OrderBy(one => one.Statement.ClosesAt).Select(Answer).ToList()),
            (nameof(BallotList.Waiting), all.Where(ballots.Awaits).Select(one => one.Statement.Id).ToList()),
            (nameof(BallotList.Closed), closed.Skip(skipped).Take(shown).Select(Answer).ToList()),
            (nameof(BallotList.Next), closed.Count > skipped + shown ? skipped + shown : null),
            (nameof(BallotList.Soon), endings.Within(Endings.DefaultDays)
                .Where(one => one.Kind != Ending.Ballot).ToList()));
    }

    /// <summary>Answers with one.</summary>
    public IResult Card(HttpContext context, string id, string? now)
    {
        var ballot = ballots.Find(id);
        var visit = Visit.Of(context);
        return DeskAnswers.Page<BallotCard>(
            context, visit, (nameof(BallotCard.Words), Words(visit)), (nameof(BallotCard.Ballot), Answer(ballot)),
            (nameof(BallotCard.Awaits), ballots.Awaits(ballot)), (nameof(BallotCard.Now), now));
    }

    /// <summary>Answers with the form of a question.</summary>
    public IResult Form(
        HttpContext context, BallotChoice? choice, BallotProposal? proposal, ProblemException? fault) =>
        Page(context, choice, proposal, effect: null, fault);

    /// <summary>Answers with the question as it would be signed, and what it would change.</summary>
    public IResult Preview(
        HttpContext context, BallotChoice choice, BallotProposal proposal, ProblemException? fault)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return Page(
            context, choice, proposal,
            BallotEffect.Of(choice.Action, choice.Subject, choice.Identity, projection), fault);
    }

    /// <summary>Reads the form of a question.</summary>
    /// <exception cref="ProblemException">It is none that would change something, or a field is faulty.</exception>
    public (BallotChoice Choice, BallotProposal Proposal) Read(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var choice = BallotChoice.Of(projection).FirstOrDefault(one => one.ToString() == form["question"])
            ?? throw new ProblemException(
                ProblemKind.Conflict, "That question would change nothing as things stand now: choose another.");
        bool isExact = DateTimeOffset.TryParse(
            form["closesAt"], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var exact);
        if (!DayField.TryRead(form["closesOn"].LastOrDefault(), isEnd: true, out var day))
            throw ProblemException.Invalid("/closesOn", "must be a day, written as year-month-day.");
        string reasons = form["reasons"].ToString().Trim();
        return (choice, new BallotProposal
        {
            Id = form["ballotId"].ToString().Trim(),
            Action = choice.Action,
            Subject = choice.Subject,
            Identity = choice.Identity,
            ClosesAt = isExact ? exact : day ?? LedgerJson.ToMilliseconds(time.GetUtcNow() + OpenByDefault),
            Reference = reasons.Length > 0 ? reasons : null,
        });
    }

    private IResult Page(
        HttpContext context, BallotChoice? choice, BallotProposal? proposal, BallotEffect? effect,
        ProblemException? fault)
    {
        var visit = Visit.Of(context);
        return DeskAnswers.Page<BallotForm>(
            context, visit, (nameof(BallotForm.Words), Words(visit)), (nameof(BallotForm.Chosen), choice),
            (nameof(BallotForm.Choices), BallotChoice.Of(projection)), (nameof(BallotForm.Proposal), proposal),
            (nameof(BallotForm.Effect), effect), (nameof(BallotForm.Fault), fault),
            (nameof(BallotForm.MspId), statements.MspId));
    }

    private TermWords Words(Visit visit) => new(visit.Text, projection, records);

    private BallotAnswer Answer(Ballot ballot) => BallotAnswer.Of(ballot, time.GetUtcNow(), projection);
}
