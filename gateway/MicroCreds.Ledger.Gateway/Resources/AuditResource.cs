using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Tables;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/audit: who did what at this gateway.</summary>
public static class AuditResource
{
    private const string Csv = "text/csv";
    private const string Lines = "application/x-ndjson";
    private const string Unreadable = "unreadable";
    private const int ExportChunk = 500;
    private const int MaxFilterLength = 300;

    private static readonly string[] Columns =
    [
        "number", "at", "phase", "actorKind", "actorId", "actorName", "action", "subject", "from", "attempt", "status",
        "problem", "previous", "hash",
    ];

    /// <summary>The parameters by which entries are asked for.</summary>
    private static readonly string[] Filters =
        ["actor", "action", "subject", "credential", "from", "until"];

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/v1/audit").WithTags("Audit").RequireAuthorization(GatewayRoles.Auditor);
        audit.MapGet("", List)
            .TakesParameters(Filters)
            .Audited("audit.read")
            .WithSummary("Read who did what, newest first")
            .WithDescription(
                "Parameters: actor (an id), action (a code), subject, credential (in any form that addresses take), "
                + "from and until (times), pageSize and after. Each act has two entries: the attempt, written before "
                + "anything is done, and its outcome. A credential is named by its place on the ledger.")
            .GivesProblems(400, 401, 403);
        audit.MapGet("/export", ExportAsync)
            .TakesParameters("format")
            .Audited("audit.export")
            .WithSummary("Read the whole log in its order, as CSV (format=csv) or one JSON entry a line (format=jsonl)")
            .WithDescription(
                "A line of format=jsonl is the entry exactly as it is hashed: SHA-256 of it, without the line's end, "
                + "is `previous` of the next. Of an entry that was altered and cannot be read, format=csv has its "
                + "number, `unreadable` as its phase, and its hash.")
            .Produces<string>(StatusCodes.Status200OK, Csv, Lines)
            .GivesProblems(400, 401, 403);
        audit.MapGet("/origins/{id}", (string id, DocumentStore documents, CredentialOrigins origins) =>
                TypedResults.Ok(origins.Find(CredentialAddress.Resolve(id, documents))
                    ?? throw new ProblemException(
                        ProblemKind.NotFound, "This gateway has no issuance of that credential.")))
            .Audited("audit.read-origin", AuditedRoutes.Credential)
            .WithSummary("See who asked for a credential, who approved it, when, and from which file and line")
            .GivesProblems(401, 403, 404);
        audit.MapGet("/verification", Verify)
            .TakesParameters("number", "hash")
            .Audited("audit.verify")
            .WithSummary("Verify that no entry was altered, removed or inserted")
            .WithDescription(
                "number and hash, as an earlier verification said them and somebody noted elsewhere, show in addition "
                + "that the log was not written anew as a whole, and that nothing up to there was cut off at its end: "
                + "without them an end that is missing is not seen.")
            .GivesProblems(400, 401, 403);
    }

    /// <summary>Reads which entries are asked for.</summary>
    /// <exception cref="ProblemException">Something of it cannot be read.</exception>
    internal static AuditFilter FilterOf(IQueryCollection query, AuditSubject subjects)
    {
        string? subject = Text(query, "subject");
        if (Text(query, "credential") is { } credential)
            subject = subjects.OfCredential(credential);
        return new AuditFilter(
            Text(query, "actor"), Text(query, "action"), subject, Time(query, "from"), Time(query, "until"));
    }

    private static Ok<Page<AuditAnswer>> List(HttpContext context, AuditLog log, AuditSubject subjects)
    {
        var query = context.Request.Query;
        var page = PageRequest.Of(context.Request);
        long before = long.MaxValue;
        if (page.After is { } after
            && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
        context.Response.Headers.CacheControl = "no-store";
        var found = log.List(FilterOf(query, subjects), before, page.Size + 1);
        var taken = page.Take(found, one => one.Number.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Ok(new Page<AuditAnswer>(
            [.. taken.Items.Select(one => new AuditAnswer(one.Entry, one.Hash))], taken.Next));
    }

    private static async Task ExportAsync(HttpContext context, AuditLog log)
    {
        bool isCsv = context.Request.Query["format"].ToString() switch
        {
            "csv" => true,
            "jsonl" => false,
            _ => throw ProblemException.Invalid("format", "must be csv or jsonl."),
        };
        var response = context.Response;
        response.ContentType = isCsv ? $"{Csv}; charset=utf-8" : Lines;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentDisposition = $"attachment; filename=\"audit.{(isCsv ? "csv" : "jsonl")}\"";
        if (isCsv)
            await response.WriteAsync(string.Join(',', Columns) + "\r\n", context.RequestAborted);

        // Up to where it ends now: what is noted meanwhile, this very reading for one, is for the next copy.
        long end = log.ReadHead().Number;
        for (long number = 0; number < end;)
        {
            var entries = log.ReadOn(number, ExportChunk);
            if (entries.Count == 0)
                return;
            var text = new StringBuilder();
            foreach (var entry in entries.Where(one => one.Number <= end))
            {
                if (isCsv)
                    text.AppendJoin(',', CellsOf(entry).Select(CsvWriting.Cell)).Append("\r\n");
                else
                    text.Append(entry.Canonical).Append('\n');
            }

            await response.WriteAsync(text.ToString(), context.RequestAborted);
            number = entries[^1].Number;
        }
    }

    private static Ok<AuditVerdict> Verify(HttpContext context, AuditChain chain)
    {
        var query = context.Request.Query;
        (long, string)? noted = null;
        if (Text(query, "number") is { } number)
        {
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long at))
                throw ProblemException.Invalid("number", "must be a number.");
            noted = (at, Text(query, "hash") ?? throw ProblemException.Invalid("hash", "is missing beside number."));
        }
        else if (Text(query, "hash") is not null)
        {
            throw ProblemException.Invalid("number", "is missing beside hash.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(chain.Verify(noted));
    }

    private static string?[] CellsOf(StoredAuditEntry stored)
    {
        // What it is found by may have been altered too, so that no more than its place in the chain is told.
        if (stored.TryRead() is not { } entry)
        {
            string?[] cells = new string?[Columns.Length];
            (cells[0], cells[2], cells[^1]) = (Number(stored.Number), Unreadable, stored.Hash);
            return cells;
        }

        return
        [
            Number(entry.Number), entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            entry.Phase, entry.Actor.Kind, entry.Actor.Id, entry.Actor.Name, entry.Action, entry.Subject, entry.From,
            Number(entry.Attempt), Number(entry.Status), entry.Problem, entry.Previous, stored.Hash,
        ];
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(IQueryCollection query, string name)
    {
        string text = query[name].ToString().Trim();
        if (text.Length > MaxFilterLength)
            throw ProblemException.Invalid(name, $"has more than {MaxFilterLength} characters.");
        return text.Length == 0 ? null : text;
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        if (Text(query, name) is not { } text)
            return null;
        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw ProblemException.Invalid(name, "must be a time, such as 2026-11-28T12:00:00Z.");
    }

    /// <summary>An entry and its hash.</summary>
    /// <param name="Entry">The entry.</param>
    /// <param name="Hash">The SHA-256 of its canonical JSON, which the next one names.</param>
    public sealed record AuditAnswer(AuditEntry Entry, string Hash);
}
