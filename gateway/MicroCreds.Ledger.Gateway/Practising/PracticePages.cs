using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>
/// /practise, where one begins to practise, /practised/{secret}, a learner's own page of it, and
/// /practice-evidence/{secret}, what a credential rests on. Nobody has an account: whoever has a secret has what it
/// leads to.
/// </summary>
internal static class PracticePages
{
    /// <summary>Where one begins.</summary>
    public const string Address = "/practise";

    /// <summary>Where a learner's practice is, before the secret.</summary>
    public const string OwnAddress = "/practised/";

    /// <summary>The most practices that a device is shown.</summary>
    public const int MaxOfDevice = 20;

    private const int MaxFormBytes = 8 * 1024;
    private const string Own = "It is the learner's own, whom the secret shows; nobody is told what learners do.";
    private const string Shown =
        "It shows what its learner shares with the credential, to whoever was given that; it names nobody.";

    public static void MapPractisePages(this IEndpointRouteBuilder routes)
    {
        var begin = routes.MapGroup(Address).ExcludeFromDescription();
        begin.MapGet("", (HttpContext context, RuleBook book) => PageAnswers.Give<PracticeList>(
            context, PageVisit.Of(context), (nameof(PracticeList.Rules), book.ListOpen())));
        begin.MapGet("/{rule}", ShowRule);
        begin.MapPost("/{rule}", BeginAsync).Costs(RouteCost.Dear).KeepsForAnybody().Unaudited(Own)
            .TakesForm(MaxFormBytes);
        routes.MapPost(OwnAddress.TrimEnd('/'), FindAsync).ExcludeFromDescription()
            .Unaudited(Own).TakesForm(MaxFormBytes);
        var own = routes.MapGroup(OwnAddress + "{secret}").ExcludeFromDescription();
        own.MapGet("", ShowAsync).Unaudited(Own);
        own.MapPost("/confirmation", ConfirmAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        own.MapPost("/launch", LaunchAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        own.MapPost("/request", AskAsync).Costs(RouteCost.Dear).Unaudited(Own).TakesForm(MaxFormBytes);
        own.MapPost("/claim", ClaimAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        own.MapPost("/withdrawal", WithdrawAsync).Unaudited(Own).TakesForm(MaxFormBytes);
        var evidence = routes.MapGroup(PracticeDeciding.EvidenceAddress + "{secret}").ExcludeFromDescription();
        evidence.MapGet("", ShowEvidence).Costs(RouteCost.Dear).Unaudited(Shown);
        evidence.MapGet("/statements", GiveStatements).Costs(RouteCost.Dear).Unaudited(Shown);
    }

    private static IResult ShowRule(string rule, HttpContext context, RuleBook book) =>
        book.IsOpen && book.Find(rule) is { CanBegin: true } found
            ? FormOf(context, found, "", "", fault: null, isMailed: context.Request.Query["now"] == "mailed")
            : LearnerPages.Gone(context);

    private static IResult FormOf(
        HttpContext context, FoundRule found, string name, string email, string? fault, bool isMailed = false)
    {
        if (fault is not null) context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return PageAnswers.Give<PracticeBegin>(
            context, PageVisit.Of(context), (nameof(PracticeBegin.Found), found), (nameof(PracticeBegin.Name), name),
            (nameof(PracticeBegin.Email), email), (nameof(PracticeBegin.Fault), fault),
            (nameof(PracticeBegin.IsMailed), isMailed));
    }

    private static async Task<IResult> BeginAsync(
        string rule, HttpContext context, RuleBook book, PracticeAsking asking, SignIn signIn)
    {
        // A mail goes out, whoever's address it is: no other site's page has a visitor's browser send it.
        ForeignSites.RequireOwn(context);
        if (!book.IsOpen || book.Find(rule) is not { CanBegin: true } found) return LearnerPages.Gone(context);
        var form = await PageForms.ReadAsync(context);
        string name = form["name"].ToString().Trim();
        string email = form["email"].ToString().Trim();
        if (form["agree"] != "yes") return FormOf(context, found, name, email, "agree");
        string device = LearnerDevice.Of(context, signIn) ?? LearnerSecret.Draw();
        var (secret, fault) = await asking.BeginAsync(
            found, name, email, PageText.Of(context.Request).Language, device);
        if (fault is not null) return FormOf(context, found, name, email, fault);
        if (secret is null) return PageAnswers.Lead(context, $"{Address}/{rule}?now=mailed");
        LearnerDevice.Keep(context, signIn, device);
        return PageAnswers.Lead(context, OwnAddress + secret);
    }

    /// <summary>Leads a device to a practice that was begun on it.</summary>
    private static async Task<IResult> FindAsync(
        HttpContext context, Practices practices, SignIn signIn, TimeProvider time)
    {
        var form = await PageForms.ReadAsync(context);
        return LearnerDevice.Of(context, signIn) is { } device
            && practices.ListOfDevice(device, MaxOfDevice).FirstOrDefault(one => one.Id.ToString() == form["id"])
                is { } practice
            && await practices.LinkAsync(practice.Id, time.GetUtcNow()) is { } secret
            ? PageAnswers.Lead(context, OwnAddress + secret) : LearnerPages.Gone(context);
    }

    private static async Task<IResult> ShowAsync(
        string secret, HttpContext context, Practices practices, PracticeDeciding deciding, RuleBook book,
        PracticeAsking asking, OwnClaims claims)
    {
        if (practices.Find(secret) is not { } kept || book.Find(kept.Rule) is not { } found)
            return LearnerPages.Gone(context);
        var practice = await deciding.SettleAsync(kept);
        if (!asking.MayGoOn(practice))
        {
            return PageAnswers.Give<PracticeConfirm>(
                context, PageVisit.Of(context), (nameof(PracticeConfirm.Address), OwnAddress + secret),
                (nameof(PracticeConfirm.Practice), practice), (nameof(PracticeConfirm.Found), found));
        }

        return PageAnswers.Give<PracticeOwn>(
            context, PageVisit.Of(context), (nameof(PracticeOwn.Address), OwnAddress + secret),
            (nameof(PracticeOwn.Practice), practice), (nameof(PracticeOwn.Found), found),
            (nameof(PracticeOwn.Record), asking.RecordOf(practice, found)),
            (nameof(PracticeOwn.Evidence), practice.Evidence is null
                ? null : PracticeDeciding.EvidenceAddress + deciding.EvidenceSecretOf(practice.Id)),
            (nameof(PracticeOwn.MayClaim), claims.AreOpen && practice.Credential is not null),
            (nameof(PracticeOwn.Now), OneOf(context, "now", "confirmed", "asked")),
            (nameof(PracticeOwn.Fault), OneOf(context, "fault", "missing", "asked", "launch", "busy", "over")));
    }

    /// <summary>Only the button confirms: programs that look at mails follow links, too.</summary>
    private static async Task<IResult> ConfirmAsync(
        string secret, HttpContext context, Practices practices, SignIn signIn, GatewayServiceOptions options,
        TimeProvider time)
    {
        if (practices.Find(secret) is not { } practice) return LearnerPages.Gone(context);
        if (!options.Learners.Mails) return PageAnswers.Lead(context, OwnAddress + secret);
        string device = LearnerDevice.Of(context, signIn) ?? LearnerSecret.Draw();
        await practices.ConfirmAsync(practice.Id, device, time.GetUtcNow());
        LearnerDevice.Keep(context, signIn, device);
        return PageAnswers.Lead(context, $"{OwnAddress}{secret}?now=confirmed");
    }

    private static async Task<IResult> LaunchAsync(
        string secret, HttpContext context, Practices practices, RuleBook book, PracticeAsking asking,
        PracticeLaunching launching, PublicAddress address, GatewayServiceOptions options)
    {
        if (practices.Find(secret) is not { } practice || book.Find(practice.Rule) is not { } found
            || !asking.MayGoOn(practice))
            return LearnerPages.Gone(context);
        var form = await PageForms.ReadAsync(context);
        var activity = found.Rule.Activities.FirstOrDefault(one => one.Id == form["activity"]);
        string? url = activity is null || practice.State != PracticeState.Open ? null
            : await launching.LaunchAsync(practice, found, activity);
        if (url is null) return PageAnswers.Lead(context, $"{OwnAddress}{secret}?fault=launch");
        if (url.StartsWith(address.Url + "/", StringComparison.Ordinal))
        {
            var visit = PageVisit.Of(context);
            string back = PublicPath.Of(options) + OwnAddress + secret;
            return PageAnswers.Lead(
                context, $"{url}&lang={visit.Text.Language}&returnURL={Uri.EscapeDataString(back)}");
        }

        // Browsers lead no form on to another site from here: a link does.
        return PageAnswers.Give<PracticeLaunch>(
            context, PageVisit.Of(context), (nameof(PracticeLaunch.Url), url), (nameof(PracticeLaunch.Found), found),
            (nameof(PracticeLaunch.Address), OwnAddress + secret));
    }

    private static async Task<IResult> AskAsync(
        string secret, HttpContext context, Practices practices, RuleBook book, PracticeAsking asking)
    {
        if (practices.Find(secret) is not { } practice || book.Find(practice.Rule) is not { } found)
            return LearnerPages.Gone(context);
        string? fault = await asking.AskAsync(practice, found, AuditTrail.OriginOf(context));
        return PageAnswers.Lead(
            context, $"{OwnAddress}{secret}?{(fault is null ? "now=asked" : $"fault={fault}")}");
    }

    private static async Task<IResult> WithdrawAsync(string secret, HttpContext context, Practices practices)
    {
        if (practices.Find(secret) is not { } practice) return LearnerPages.Gone(context);
        return await practices.ForgetAsync(practice.Id)
            ? LearnerPages.TakenBack(context) : PageAnswers.Lead(context, $"{OwnAddress}{secret}?fault=busy");
    }

    private static Task<IResult> ClaimAsync(
        string secret, HttpContext context, Practices practices, PracticeAsking asking, OwnClaims claims) =>
        claims.LeadAsync(
            context, practices.Find(secret) is { } practice && asking.MayGoOn(practice) ? practice.Credential : null);

    private static IResult ShowEvidence(
        string secret, HttpContext context, Practices practices, XapiStatements statements)
    {
        if (practices.FindByEvidence(secret) is not { Evidence: { } json } practice)
            return LearnerPages.Gone(context);
        var evidence = PracticeEvidence.Of(json);
        return PageAnswers.Give<PracticeEvidenceView>(
            context, PageVisit.Of(context), (nameof(PracticeEvidenceView.Evidence), evidence),
            (nameof(PracticeEvidenceView.Agrees), Agrees(practice, statements)),
            (nameof(PracticeEvidenceView.Address), PracticeDeciding.EvidenceAddress + secret));
    }

    private static IResult GiveStatements(
        string secret, HttpContext context, Practices practices, XapiStatements statements)
    {
        if (practices.FindByEvidence(secret) is not { } practice) return LearnerPages.Gone(context);
        PageAnswers.KeepToItself(context);
        byte[] body = Xapi.StatementWriting.Write(writer =>
        {
            var found = Rested(practice, statements);
            writer.WriteStartObject();
            writer.WritePropertyName("evidence");
            writer.WriteRawValue(practice.Evidence!);
            writer.WriteString("recomputedSha256", PracticeEvidence.DigestOf(found));
            writer.WriteBoolean("agrees", Agrees(practice, statements));
            writer.WritePropertyName("statements");
            writer.WriteRawValue(PracticeEvidence.ArrayOf(found));
            writer.WriteEndObject();
        });
        return Results.Bytes(body, "application/json");
    }

    /// <summary>Whether what is kept still has the digest that was noted.</summary>
    public static bool Agrees(Practice practice, XapiStatements statements) => practice.Evidence is { } json
        && PracticeEvidence.Of(json).Sha256 == PracticeEvidence.DigestOf(Rested(practice, statements));

    private static List<KeptStatement> Rested(Practice practice, XapiStatements statements)
    {
        var ids = PracticeEvidence.Of(practice.Evidence!).Statements.ToHashSet();
        return [.. statements.ListAllOfPractice(practice.Id).Where(one => ids.Contains(one.Id))];
    }

    private static string? OneOf(HttpContext context, string name, params ReadOnlySpan<string> known)
    {
        string said = context.Request.Query[name].ToString();
        return known.Contains(said) ? said : null;
    }
}
