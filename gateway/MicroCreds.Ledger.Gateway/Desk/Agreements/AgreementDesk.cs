using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>
/// /desk/agreements: what institutions recognize of each other. All of it is on the shared ledger: reading needs no
/// login; who signs sees every term first.
/// </summary>
internal static class AgreementDesk
{
    public const string Address = DeskAnswers.Address + "/agreements";

    private const string IsPublic = "It shows the public record alone.";
    private const int MaxFormBytes = 16 * 1024;

    public static void MapAgreements(this IEndpointRouteBuilder desk)
    {
        var all = desk.MapGroup("/agreements");
        all.MapGet("", List);
        all.MapGet("/matrix", ShowMatrix);
        all.MapAgreementDrafts();
        var one = all.MapGroup("/{id}");
        one.MapGet("", Show);
        one.MapGet("/comparison", Compare);
        one.MapGet("/answer", Ask).Unaudited(IsPublic).RequireAuthorization(GatewayRoles.RecognitionOfficer);
        one.MapGet("/notice", AskNotice).Unaudited(IsPublic).RequireAuthorization(GatewayRoles.RecognitionOfficer);
        one.MapPost("/acceptance", AcceptAsync).Audited("agreement.accept", "agreement").Signs();
        one.MapPost("/refusal", DeclineAsync).Audited("agreement.leave", "agreement").Signs();
        one.MapPost("/notice", LeaveAsync).Audited("agreement.leave", "agreement").Signs();
    }

    private static void Signs(this RouteHandlerBuilder route) => route
        .RequireAuthorization(GatewayRoles.RecognitionOfficer)
        .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static IResult List(
        HttpContext context, LedgerProjection projection, MemberAgreements agreements, ProjectedRecords records,
        GatewayServiceOptions options, TimeProvider time)
    {
        var own = projection.Shared.Agreements.Of(options.MspId);
        var shown = ShownAgreements.Of(
            own, agreements, options.MspId, DeskQuery.WordOf(context, "show", ShownAgreements.Names),
            DeskQuery.PlaceOf(context, "after", id => own.Any(one => one.Id == id)), time.GetUtcNow());
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AgreementList>(
            context, visit, (nameof(AgreementList.Shown), shown),
            (nameof(AgreementList.Words), new TermWords(visit.Text, projection, records)));
    }

    private static IResult ShowMatrix(
        HttpContext context, LedgerProjection projection, ProjectedRecords records, GatewayServiceOptions options,
        TimeProvider time)
    {
        var visit = Visit.Of(context);
        return DeskAnswers.Page<Matrix>(
            context, visit, (nameof(Matrix.Words), new TermWords(visit.Text, projection, records)),
            (nameof(Matrix.MspId), options.MspId), (nameof(Matrix.Now), time.GetUtcNow()),
            (nameof(Matrix.Partners), RecognitionMatrix.Of(
                options.MspId, projection.Institutions, projection.Shared.Agreements, time.GetUtcNow())));
    }

    private static IResult Show(
        string id, HttpContext context, AgreementDeskServices services)
    {
        int? version = VersionOf(context.Request.Query["version"].LastOrDefault());
        return Page<AgreementCard>(
            context, services, services.Read(id, version),
            (nameof(AgreementCard.Now), context.Request.Query["now"].LastOrDefault()));
    }

    private static IResult Compare(string id, HttpContext context, AgreementDeskServices services)
    {
        var agreement = services.Agreements.Find(id);
        int to = VersionOf(context.Request.Query["to"].LastOrDefault()) ?? agreement.Newest.Terms.Version;
        int from = VersionOf(context.Request.Query["from"].LastOrDefault()) ?? Math.Max(1, to - 1);
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AgreementCompared>(
            context, visit, (nameof(AgreementCompared.Words), services.Words(visit.Text)),
            (nameof(AgreementCompared.Before), services.Agreements.FindVersion(id, from).Terms),
            (nameof(AgreementCompared.After), services.Agreements.FindVersion(id, to).Terms));
    }

    private static IResult Ask(string id, HttpContext context, AgreementDeskServices services)
    {
        var shown = services.Read(id, services.Agreements.Find(id).Newest.Terms.Version);
        return shown.Awaits
            ? Page<AgreementAnswering>(context, services, shown)
            : throw new ProblemException(
                ProblemKind.Conflict, "Its newest version does not wait for this institution: look how it stands.");
    }

    private static IResult AskNotice(
        string id, HttpContext context, AgreementDeskServices services, TimeProvider time)
    {
        var shown = services.ToLeave(id);
        return Page<AgreementLeaving>(
            context, services, shown, (nameof(AgreementLeaving.Time), time.GetUtcNow()));
    }

    private static async Task<IResult> AcceptAsync(string id, HttpContext context, AgreementDeskServices services)
    {
        var form = await ReadAsync(context);
        int version = VersionOf(form["version"].LastOrDefault())
            ?? throw ProblemException.Invalid("/version", "is missing.");
        await services.Agreements.AcceptAsync(id, version, form["digest"].ToString());
        return Lead(context, id, "accepted");
    }

    private static async Task<IResult> DeclineAsync(string id, HttpContext context, AgreementDeskServices services)
    {
        var form = await ReadAsync(context);

        // A notice ends all of an agreement: here it is only for what nobody is bound by yet, as it was read.
        var agreement = services.Agreements.Find(id);
        if (agreement.Accepted is not null || !services.Agreements.Awaits(agreement)
            || form["digest"] != StatementDigest.Of(agreement.Newest.Terms))
        {
            throw new ProblemException(
                ProblemKind.Conflict, "Only a proposal that waits, as it was read, can be turned down here.");
        }

        await services.Agreements.LeaveAsync(id, endsAt: null);
        return Lead(context, id, "declined");
    }

    private static async Task<IResult> LeaveAsync(string id, HttpContext context, AgreementDeskServices services)
    {
        var form = await ReadAsync(context);
        if (form["digest"] != StatementDigest.Of(services.ToLeave(id).Terms))
        {
            throw new ProblemException(
                ProblemKind.Conflict, "Another version was accepted meanwhile: read it first. Nothing was done.");
        }

        var day = DayField.Read(form["endsAt"].LastOrDefault(), "/endsAt");
        await services.Agreements.LeaveAsync(id, day);
        return Lead(context, id, "left");
    }

    private static async Task<IFormCollection> ReadAsync(HttpContext context)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        return form["read"] == "yes"
            ? form
            : throw ProblemException.Invalid("/read", "must be confirmed: nothing is signed that was not read.");
    }

    private static IResult Lead(HttpContext context, string id, string now) =>
        DeskAnswers.Lead(context, $"{Address}/{Uri.EscapeDataString(id)}?now={now}");

    private static IResult Page<T>(
        HttpContext context, AgreementDeskServices services, ShownAgreement shown,
        params ReadOnlySpan<(string, object?)> more)
        where T : Microsoft.AspNetCore.Components.IComponent
    {
        var visit = Visit.Of(context);
        return DeskAnswers.Page<T>(
            context, visit, [(nameof(AgreementCard.Shown), shown), ("Words", services.Words(visit.Text)), .. more]);
    }

    private static int? VersionOf(string? text) => string.IsNullOrEmpty(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version
        : throw ProblemException.Invalid("version", "must be a version's number.");
}

/// <summary>What the pages of one agreement read. Thread-safe.</summary>
public sealed class AgreementDeskServices(
    LedgerProjection projection, MemberAgreements agreements, ProjectedRecords records,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The institution's part in agreements.</summary>
    public MemberAgreements Agreements => agreements;

    /// <summary>Says what terms are.</summary>
    public TermWords Words(PageText text) => new(text, projection, records);

    /// <summary>Reads an agreement.</summary>
    /// <param name="id">The agreement.</param>
    /// <param name="version">The version to be shown; none is what rules, or else the newest.</param>
    public ShownAgreement Read(string id, int? version)
    {
        var agreement = agreements.Find(id);
        var now = time.GetUtcNow();
        var answer = AgreementAnswer.Of(agreement, now).With(projection.Shared.Agreements.DisregardedOf(id));
        var terms = version is { } wanted ? agreements.FindVersion(id, wanted).Terms
            : (agreement.VersionAt(now, now) ?? agreement.Newest).Terms;
        return new ShownAgreement(agreement, answer, terms, options.MspId) { Awaits = agreements.Awaits(agreement) };
    }

    /// <summary>Reads an agreement that this institution may leave: by the version that binds it.</summary>
    /// <exception cref="ProblemException">It is no party, or has left.</exception>
    public ShownAgreement ToLeave(string id)
    {
        var agreement = agreements.Find(id);
        var shown = Read(id, (agreement.Accepted ?? agreement.Newest).Terms.Version);
        return shown is { IsParty: true, HasLeft: false }
            ? shown
            : throw new ProblemException(
                ProblemKind.Conflict, "This institution is no party of it, or has given notice already.");
    }
}
