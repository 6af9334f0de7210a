using System.Text.Json;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>
/// /xapi/statements: what simulators say of those who practise, by xAPI 1.0.3. A simulator finds its own statements
/// alone, and in a session those of its learner.
/// </summary>
internal static class StatementResource
{
    /// <summary>Where it is.</summary>
    public const string Address = XapiAnswers.Address + "/statements";

    /// <summary>Why no route here is audited.</summary>
    public const string Theirs =
        "Simulators are no people, and speak of accounts that tell nothing; the statements are kept themselves.";

    private static readonly string[] Methods = ["GET", "PUT", "POST"];

    public static void MapStatements(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Address, Methods, AnswerAsync)
            .Unaudited(Theirs).OpenToSimulators().ExcludeFromDescription()
            .TakesParameters([XapiRequest.MethodParameter, .. StatementQuestion.Parameters]);
        routes.MapGet(XapiAnswers.Address + "/about", () => Results.Json(new About([XapiAnswers.Version])))
            .OpenToSimulators().ExcludeFromDescription();
    }

    /// <summary>Refuses a request of another version.</summary>
    public static void RequireVersion(XapiRequest request)
    {
        string version = request.Header(XapiRequest.VersionHeader) ?? "";
        if (version != "1.0" && !version.StartsWith("1.0.", StringComparison.Ordinal))
        {
            throw ProblemException.Invalid(
                XapiRequest.VersionHeader, $"must say which version is spoken: {XapiAnswers.Version}.");
        }
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, XapiCallers callers)
    {
        var services = context.RequestServices;
        var request = await XapiRequest.ReadAsync(context);
        var caller = callers.Require(request);
        RequireVersion(request);
        var statements = services.GetRequiredService<XapiStatements>();
        return request.Method switch
        {
            "GET" => Give(
                request, caller, statements, PublicPath.Of(services.GetRequiredService<GatewayServiceOptions>())),
            "PUT" => await PutAsync(request, caller, services),
            "POST" => await PostAsync(request, caller, services),
            _ => Results.StatusCode(StatusCodes.Status405MethodNotAllowed),
        };
    }

    private static IResult Give(XapiRequest request, XapiCaller caller, XapiStatements statements, string path)
    {
        var question = StatementQuestion.Read(request, caller);
        string[] languages = LanguagesOf(request.Header("Accept-Language"));
        if (question.One is { } id)
        {
            var found = statements.Find(caller.Simulator.Id, caller.Session?.Practice, id, question.IsVoided)
                ?? throw new ProblemException(ProblemKind.NotFound, "There is no such statement of this simulator.");
            byte[] one = StatementWriting.Form(found.Content, question.Format, languages);
            return question.HasAttachments
                ? XapiAnswers.WithAttachments(one, statements.ListAttachments(caller.Simulator.Id, id))
                : Results.Bytes(one, "application/json");
        }

        var list = statements.List(question.Query);
        bool isCut = list.Count == question.Query.Count;
        var given = isCut ? list.Take(list.Count - 1).ToList() : list;
        byte[] body = StatementWriting.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("statements");
            foreach (var one in given)
                writer.WriteRawValue(StatementWriting.Form(one.Content, question.Format, languages));
            writer.WriteEndArray();
            writer.WriteString("more", isCut ? StatementQuestion.MoreOf(path, request, given[^1]) : "");
            writer.WriteEndObject();
        });
        return question.HasAttachments
            ? XapiAnswers.WithAttachments(
                body, given.SelectMany(one => statements.ListAttachments(caller.Simulator.Id, one.Id)))
            : Results.Bytes(body, "application/json");
    }

    private static async Task<IResult> PutAsync(XapiRequest request, XapiCaller caller, IServiceProvider services)
    {
        request.Know("statementId");
        var id = StatementQuestion.UuidOf(request.Parameter("statementId") ?? "", "statementId");
        var form = await StatementForm.ReadAsync(request);
        if (form.IsList) throw ProblemException.Invalid("", "must be one statement, not a list.");
        if (form.Statements[0].TryGetProperty("id", out var own) && own.GetGuid() != id)
            throw ProblemException.Invalid("/id", "is another than statementId.");
        await KeepAsync(caller, form, [id], services);
        return Results.NoContent();
    }

    private static async Task<IResult> PostAsync(XapiRequest request, XapiCaller caller, IServiceProvider services)
    {
        request.Know();
        var form = await StatementForm.ReadAsync(request);
        var ids = form.Statements.Select(one => one.TryGetProperty("id", out var id) ? id.GetGuid() : Guid.NewGuid())
            .ToList();
        await KeepAsync(caller, form, ids, services);
        return Results.Json(ids.Select(id => id.ToString()));
    }

    private static async Task KeepAsync(
        XapiCaller caller, StatementForm form, List<Guid> ids, IServiceProvider services)
    {
        var rule = services.GetRequiredService<SessionRule>();
        string authority = AuthorityOf(caller.Simulator, services.GetRequiredService<PublicAddress>());
        var kept = form.Statements.Select((statement, i) =>
            Prepare(caller.Simulator.Id, statement, ids[i], form, authority,
                rule.Bind(caller, statement, form.IsList ? $"/{i}" : ""))).ToList();
        var result = await services.GetRequiredService<XapiStatements>().AddAsync(
            caller.Simulator.Id, kept, services.GetRequiredService<TimeProvider>().GetUtcNow());
        if (result != KeepResult.Kept) throw ProblemOf(result);
    }

    private static NewStatement Prepare(
        string simulator, JsonElement statement, Guid id, StatementForm form, string authority,
        PracticeSession? session)
    {
        string verb = statement.GetProperty("verb").GetProperty("id").GetString()!;
        var thing = statement.GetProperty("object");
        return new NewStatement
        {
            Id = id,
            Digest = StatementWriting.DigestOf(statement),
            Write = stored => StatementWriting.Keep(statement, id, authority, stored),
            Terms = StatementTerms.Of(simulator, statement),
            Target = StatementRules.KindOf(thing) == "StatementRef" ? thing.GetProperty("id").GetGuid() : null,
            IsVoiding = verb == StatementRules.Voided,
            IsEnd = verb == Cmi5Terms.Terminated,
            Attachments =
            [
                .. StatementForm.AttachmentsOf(statement)
                    .Select(one => form.Attachments.GetValueOrDefault(one.GetProperty("sha2").GetString()!))
                    .OfType<StatementAttachment>(),
            ],
            Practice = session?.Practice,
            Session = session?.Id,
        };
    }

    /// <summary>Who vouches for a statement: this gateway, for the simulator.</summary>
    public static string AuthorityOf(Simulator simulator, PublicAddress address) => JsonSerializer.Serialize(new
    {
        objectType = "Agent",
        account = new { homePage = address.Url, name = simulator.Id },
    });

    private static ProblemException ProblemOf(KeepResult result) => result switch
    {
        KeepResult.Conflict => new ProblemException(
            ProblemKind.Conflict,
            "A statement of this id is kept that says something else: statements are never changed. Nothing was kept."),
        KeepResult.NotVoidable => ProblemException.Invalid(
            "/object", "is no statement that can be voided: it is not there, another learner's, or voids itself."),
        KeepResult.TooMany => new ProblemException(
            ProblemKind.StatementRefused, "There are too many statements: no more are kept. Nothing was kept."),
        _ => new ProblemException(
            ProblemKind.StatementRefused,
            "The session is over: it was ended, its learner has asked for the credential, or does not agree any more. "
            + "Nothing was kept."),
    };

    /// <summary>The languages that are wanted, best first; none of what is not one.</summary>
    internal static string[] LanguagesOf(string? header) =>
        StringWithQualityHeaderValue.TryParseList([header ?? ""], out var wanted)
            ? [.. wanted.Where(one => one.Quality is null or > 0).OrderByDescending(one => one.Quality ?? 1)
                .Select(one => one.Value.ToString())]
            : [];

    private sealed record About(IReadOnlyList<string> Version);
}
