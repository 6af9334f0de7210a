using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// /claim/{secret}, /me and /c/{secret}: how a learner gets a credential, what a device holds, and what others are
/// shown. Nobody has an account: whoever has a secret has what it leads to, so that it is in no log and no referrer.
/// </summary>
public static class LearnerPages
{
    /// <summary>Where a learner's credentials are.</summary>
    public const string MineAddress = "/me";

    /// <summary>Where a credential is that is shown.</summary>
    public const string SharedAddress = "/c";

    /// <summary>After how many days a link may end; 0 is never.</summary>
    public static readonly IReadOnlyList<int> Days = [1, 7, 30, 90, 365, 0];

    /// <summary>What is chosen if nothing is.</summary>
    public const int DefaultDays = 90;

    private const int MaxFormBytes = 16 * 1024;

    /// <summary>How long what a learner calls a link may be.</summary>
    internal const int MaxLabelLength = 80;

    private const string Own = "It is the learner's own, whom the secret shows; nobody is told what learners do.";
    private const string Shown =
        "It shows what its learner shares, to whoever was given the link; nobody is told who that is.";

    public static void MapLearnerPages(this IEndpointRouteBuilder routes)
    {
        var claim = routes.MapGroup("/claim/{secret}").ExcludeFromDescription();
        claim.MapGet("", ShowClaim).Costs(RouteCost.Dear).Unaudited(Own);
        claim.MapPost("", TakeAsync).Costs(RouteCost.Dear).Unaudited(Own).TakesForm(MaxFormBytes);
        claim.MapPost("/renewal", RenewAsync).Costs(RouteCost.Dear).Unaudited(Own).TakesForm(MaxFormBytes);
        var mine = routes.MapGroup(MineAddress).ExcludeFromDescription();
        mine.MapGet("", ShowMineAsync).Costs(RouteCost.Dear).Unaudited(Own);
        mine.MapGet("/{id}", ShowHeldAsync).Costs(RouteCost.Dear).Unaudited(Own);
        mine.MapGet("/{id}/files/{form}", GiveFileAsync).Costs(RouteCost.Dear).Unaudited(Own);
        mine.MapPost("/{id}/shares", ShareAsync).Costs(RouteCost.Dear).Unaudited(Own).TakesForm(MaxFormBytes);
        mine.MapPost("/{id}/shares/{share}/end", EndAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        mine.MapPost("/{id}/removal", RemoveAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        var shared = routes.MapGroup(SharedAddress + "/{secret}").ExcludeFromDescription();
        shared.MapGet("", ShowSharedAsync).Costs(RouteCost.Dear).Unaudited(Shown);
        shared.MapGet("/credential", GiveSharedAsync).Costs(RouteCost.Dear).Unaudited(Shown);
    }

    private static IResult ShowClaim(
        string secret, HttpContext context, Claims claims, Holdings holdings, LearnerTitles titles, SignIn signIn,
        GatewayServiceOptions options, TimeProvider time)
    {
        if (!options.Learners.Allows(LearnerChannels.Claims) || claims.Find(secret) is not { } claim
            || titles.Find(claim.Credential) is not { } title)
            return Gone(context);
        if (LearnerDevice.Of(context, signIn) is { } device && holdings.Find(device, claim.Credential) is { } held)
            return PageAnswers.Lead(context, $"{MineAddress}/{held.Id}");
        return PageAnswers.Give<Claiming>(
            context, PageVisit.Of(context), (nameof(Claiming.Address), MailSender.ClaimAddress + secret),
            (nameof(Claiming.AchievementTitle), title.Title), (nameof(Claiming.Badge), title.Badge),
            (nameof(Claiming.ExpiresAt), claim.ExpiresAt),
            (nameof(Claiming.IsOver), time.GetUtcNow() >= claim.ExpiresAt || claim.Devices >= Claims.MaxDevices),
            (nameof(Claiming.TakesWallets), options.Learners.Allows(LearnerChannels.Wallets)),
            (nameof(Claiming.Now), OneOf(context, "now", "renewed", "notRenewed")));
    }

    /// <summary>Only the button takes a credential over: programs that look at mails follow links, too.</summary>
    private static async Task<IResult> TakeAsync(
        string secret, HttpContext context, Claims claims, SignIn signIn, GatewayServiceOptions options,
        TimeProvider time)
    {
        if (!options.Learners.Allows(LearnerChannels.Claims)) return Gone(context);
        string device = LearnerDevice.Of(context, signIn) ?? LearnerSecret.Draw();
        if (await claims.TakeAsync(secret, device, time.GetUtcNow()) is not { } holding)
            return PageAnswers.Lead(context, MailSender.ClaimAddress + secret);
        LearnerDevice.Keep(context, signIn, device);
        return PageAnswers.Lead(context, $"{MineAddress}/{holding}?now=taken");
    }

    private static async Task<IResult> RenewAsync(
        string secret, HttpContext context, Claims claims, GatewayServiceOptions options, TimeProvider time)
    {
        bool isSent = options.Learners.Mails && await claims.RenewAsync(secret, time.GetUtcNow());
        return PageAnswers.Lead(
            context, $"{MailSender.ClaimAddress}{secret}?now={(isSent ? "renewed" : "notRenewed")}");
    }

    private static async Task<IResult> ShowMineAsync(
        HttpContext context, Holdings holdings, LearnerTitles titles, ProjectedPathways pathways, SignIn signIn,
        Transcripts transcripts, AwardApplications applications, AwardDeciding deciding, MailSubjects subjects,
        Practices practices, PublicAddress address, GatewayServiceOptions options)
    {
        var visit = PageVisit.Of(context);
        string? device = LearnerDevice.Of(context, signIn);
        var held = device is not null ? holdings.List(device) : [];
        var asked = new List<AskedPanel.Asked>();
        foreach (var application in device is null ? [] : applications.ListOfDevice(device, AskedPanel.Most))
        {
            var settled = await deciding.SettleAsync(application);
            asked.Add(new AskedPanel.Asked(
                settled, subjects.AwardOf(settled),
                ApplicationPage.Address + AwardAsking.SecretOf(device!, settled.Id)));
        }

        return PageAnswers.Give<Mine>(
            context, visit,
            (nameof(Mine.Held), held.Select(one => titles.List(one, visit.Text)).OfType<HeldCredential>().ToList()),
            (nameof(Mine.Asked), asked),
            (nameof(Mine.Practices), device is null
                ? [] : practices.ListOfDevice(device, PracticePages.MaxOfDevice)),
            (nameof(Mine.Transcripts), TranscriptPages.ListOf(device, transcripts, address.Url)),
            (nameof(Mine.IsShown), options.Learners.Allows(LearnerChannels.Shares)),
            (nameof(Mine.Now), OneOf(context, "now", "shared", "ended")),
            (nameof(Mine.Fault), OneOf(
                context, "fault", "label", "none", "several", "tooManyTranscripts", "tooManyCredentials")),
            (nameof(Mine.Pathways), ProgressPage.ListOf(pathways)),
            (nameof(Mine.HasFiles), options.Learners.Allows(LearnerChannels.Files)));
    }

    private static async Task<IResult> ShowHeldAsync(
        string id, HttpContext context, Holdings holdings, Shares shares, LearnerViews views, SignIn signIn,
        PublicAddress address, WalletGrants wallets, GatewayServiceOptions options)
    {
        if (LearnerDevice.Of(context, signIn) is not { } device || holdings.Find(device, id) is not { } held
            || await views.OfAllAsync(held.Credential, context.RequestAborted) is not { } shown)
            return Gone(context);
        var links = shares.List(held.Credential).Select(share =>
        {
            string? url = share.Holding == held.Id
                ? $"{address.Url}{SharedAddress}/{Shares.SecretOf(device, share)}" : null;
            return new ShownLink(share, url, url is null ? null : LinkedIn.AddressOf(shown, url));
        });
        return PageAnswers.Give<HeldPage>(
            context, PageVisit.Of(context), (nameof(HeldPage.Address), $"{MineAddress}/{id}"),
            (nameof(HeldPage.Shown), shown), (nameof(HeldPage.Links), links.ToList()),
            (nameof(HeldPage.Copies), wallets.List(held.Credential)),
            (nameof(HeldPage.WalletForms), CredentialConfiguration.In(options.Wallets).Select(one => one.Id).ToList()),
            (nameof(HeldPage.Choices), LearnerViews.ChoicesOf(shown)), (nameof(HeldPage.Options), options.Learners),
            (nameof(HeldPage.Now), OneOf(context, "now", "taken", "shared", "ended")),
            (nameof(HeldPage.Fault), OneOf(context, "fault", "label", "tooMany", "wallet")));
    }

    private static async Task<IResult> GiveFileAsync(
        string id, string form, HttpContext context, Holdings holdings, LearnerFiles files, SignIn signIn,
        GatewayServiceOptions options)
    {
        if (!options.Learners.Allows(LearnerChannels.Files) || LearnerDevice.Of(context, signIn) is not { } device
            || holdings.Find(device, id) is not { } held
            || await files.MakeAsync(held.Credential, form, PageText.Of(context.Request), context.RequestAborted)
                is not { } file)
            return Gone(context);
        return Give(context, file);
    }

    private static async Task<IResult> ShareAsync(
        string id, HttpContext context, Holdings holdings, Shares shares, SignIn signIn,
        GatewayServiceOptions options, TimeProvider time)
    {
        if (!options.Learners.Allows(LearnerChannels.Shares) || LearnerDevice.Of(context, signIn) is not { } device
            || holdings.Find(device, id) is not { } held)
            return Gone(context);
        var form = await PageForms.ReadAsync(context);
        if (LabelOf(form) is not { } label)
            return PageAnswers.Lead(context, $"{MineAddress}/{id}?fault=label#shares");
        var shown = DisclosureChoice.Names.Where(name => form["show"].Contains(name)).ToList();
        var now = time.GetUtcNow();
        var made = await shares.MakeAsync(device, held, shown, label, now, EndOf(form, now));
        return PageAnswers.Lead(
            context, $"{MineAddress}/{id}?{(made is null ? "fault=tooMany" : "now=shared")}#shares");
    }

    private static async Task<IResult> EndAsync(
        string id, string share, HttpContext context, Holdings holdings, Shares shares, SignIn signIn)
    {
        if (LearnerDevice.Of(context, signIn) is not { } device || holdings.Find(device, id) is not { } held)
            return Gone(context);
        await shares.EndAsync(held.Credential, share);
        return PageAnswers.Lead(context, $"{MineAddress}/{id}?now=ended#shares");
    }

    private static async Task<IResult> RemoveAsync(
        string id, HttpContext context, Holdings holdings, SignIn signIn)
    {
        if (LearnerDevice.Of(context, signIn) is { } device) await holdings.RemoveAsync(device, id);
        return PageAnswers.Lead(context, MineAddress);
    }

    private static async Task<IResult> ShowSharedAsync(
        string secret, HttpContext context, LearnerViews views, Shares shares, VisitCounter visits,
        LearnerTitles titles, PublicAddress address, GatewayServiceOptions options, TimeProvider time)
    {
        bool isPublic = Guid.TryParseExact(secret, "D", out var id);
        var share = isPublic || !options.Learners.Allows(LearnerChannels.Shares)
            ? null : shares.Find(secret, time.GetUtcNow());
        var shown = isPublic ? await views.OfPublicAsync(id, context.RequestAborted)
            : share is null ? null
            : await views.OfShareAsync(share, context.RequestAborted);
        if (shown is null) return Gone(context);
        if (share is not null) visits.Count(share.Id);
        return PageAnswers.Give<SharedPage>(
            context, PageVisit.Of(context), (nameof(SharedPage.Address), $"{SharedAddress}/{secret}"),
            (nameof(SharedPage.Shown), shown), (nameof(SharedPage.Share), share),
            (nameof(SharedPage.Picture), address.Url + (shown.Badge?.Address ?? "/verify.svg")),
            (nameof(SharedPage.Pathways), titles.PathwaysOf(shown)),
            (nameof(SharedPage.HasFiles), options.Learners.Allows(LearnerChannels.Files)));
    }

    private static async Task<IResult> GiveSharedAsync(
        string secret, HttpContext context, LearnerViews views, Shares shares, GatewayServiceOptions options,
        TimeProvider time)
    {
        // Of an identifier it tells nothing of the learner: other members' gateways ask for it.
        if (Guid.TryParseExact(secret, "D", out var id))
        {
            return await views.OfPublicAsync(id, context.RequestAborted) is { } known
                ? Give(context, LearnerFiles.OfShown(known))
                : Gone(context);
        }

        if (!options.Learners.Allows(LearnerChannels.Shares) || !options.Learners.Allows(LearnerChannels.Files)
            || shares.Find(secret, time.GetUtcNow()) is not { } share
            || await views.OfShareAsync(share, context.RequestAborted) is not { } shown)
            return Gone(context);
        return Give(context, LearnerFiles.OfShown(shown));
    }

    internal static FileContentHttpResult Give(HttpContext context, LearnerFile file)
    {
        PageAnswers.KeepToItself(context);
        return TypedResults.File(file.Content, file.MediaType, file.Name);
    }

    /// <summary>When a link is to end by its form; never if none.</summary>
    internal static DateTimeOffset? EndOf(IFormCollection form, DateTimeOffset now)
    {
        int days = int.TryParse(form["until"], NumberStyles.None, CultureInfo.InvariantCulture, out int chosen)
            && Days.Contains(chosen) ? chosen : DefaultDays;
        return days == 0 ? null : now.AddDays(days);
    }

    /// <summary>What a learner calls a link by its form; null if it cannot be called so.</summary>
    internal static string? LabelOf(IFormCollection form)
    {
        string label = form["label"].ToString().Trim();
        return label.Length > 0 && ValueRules.Text(label, "/label", MaxLabelLength) is not null ? null : label;
    }

    /// <summary>What never was and what ended look the same.</summary>
    internal static IResult Gone(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return PageAnswers.Give<Gone>(context, PageVisit.Of(context));
    }

    /// <summary>What a learner took back is deleted, and the learner reads so.</summary>
    internal static IResult TakenBack(HttpContext context) =>
        PageAnswers.Give<TakenBack>(context, PageVisit.Of(context));

    private static string? OneOf(HttpContext context, string name, params ReadOnlySpan<string> known)
    {
        string said = context.Request.Query[name].ToString();
        return known.Contains(said) ? said : null;
    }
}
