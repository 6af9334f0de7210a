using System.Text;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Tables;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/many: a table is sent, looked at row by row, and what is ready of it is issued.</summary>
internal static class IssueManyDesk
{
    public const string Address = DeskAnswers.Address + "/many";

    internal const int ShownBatches = 10;
    private const int MaxFormBytes = 64 * 1024;
    private const int MaxMendedBytes = 512 * 1024;

    // The parts of a form around the file.
    /// <summary>From so many rows on a table leaves more memory behind than is lived on.</summary>
    private const int ManyRows = 20_000;

    private const int MaxUploadBytes = TableReader.MaxBytes + (64 * 1024);

    public static void MapIssueMany(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/many", (HttpContext context, OwnAchievements achievements, IssuanceStore issuances) =>
            Start(context, achievements, issuances, fault: null))
            .Audited("batch.list").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/many", UploadAsync)
            .Audited("batch.upload").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxUploadBytes));
        desk.MapGet("/many/template", Template)
            .Unaudited("An empty table shows nothing of a person.").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapGet("/many/{id}", PreviewAsync)
            .Audited("batch.preview", "table").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapGet("/many/{id}/rest", RestAsync)
            .Audited("batch.preview", "table").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/many/{id}", IssueAsync)
            .Costs(RouteCost.Batch)
            .Audited("batch.issue", "batch").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        desk.MapPost("/many/{id}/mended", MendAsync)
            .Audited("batch.mend", "table").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxMendedBytes));
        desk.MapGet("/batches/{id}", Show)
            .Audited("batch.read", "batch").RequireAuthorization(GatewayRoles.Reader);
    }

    private static IResult Start(
        HttpContext context, OwnAchievements achievements, IssuanceStore issuances, TableException? fault) =>
        DeskAnswers.Page<IssueMany>(
            context, Visit.Of(context), (nameof(IssueMany.Achievements), achievements.List()),
            (nameof(IssueMany.Batches), issuances.ListBatches(before: null, ShownBatches)),
            (nameof(IssueMany.Fault), fault));

    private static async Task<IResult> UploadAsync(
        HttpContext context, OwnAchievements achievements, IssuanceStore issuances, UploadedTables tables,
        BackgroundTrail trail, TimeProvider time)
    {
        try
        {
            var form = await DeskAnswers.ReadFormAsync(context);
            byte[] content = await ContentOf(form.Files.GetFile("file"), context.RequestAborted);

            // Whatever is no table is told here, and not kept.
            int rows = TableReader.Read(content).Rows.Count;
            if (rows >= ManyRows) QuietHeap.Release();
            string id = await tables.AddAsync(
                form.Files["file"]!.FileName, content, time.GetUtcNow(),
                trail.NoteOfOld(AuditActions.DroppedTables, "tables"));
            string achievement = Uri.EscapeDataString(form["achievement"].LastOrDefault() ?? "");
            return DeskAnswers.Lead(context, $"{Address}/{id}?achievement={achievement}");
        }
        catch (TableException exception)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Start(context, achievements, issuances, exception);
        }
        catch (BadHttpRequestException exception)
            when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            context.Response.StatusCode = exception.StatusCode;
            return Start(context, achievements, issuances, TableReader.TooLarge());
        }
    }

    private static async Task<IResult> PreviewAsync(
        string id, HttpContext context, UploadedTables tables, TableIntake intake, OwnAchievements achievements)
    {
        var stored = Require(tables.Find(id, intake.Now));
        if (stored.Became is { } became) return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/{became}");
        var previewed = await intake.PreviewAsync(stored, name => context.Request.Query[name].LastOrDefault());
        if (previewed.Preview.Rows >= ManyRows)
        {
            context.Response.OnCompleted(() =>
            {
                QuietHeap.Release();
                return Task.CompletedTask;
            });
        }

        return Preview(context, id, previewed, achievements, hasChanged: false);
    }

    private static IResult Preview(
        HttpContext context, string id, PreviewedTable previewed, OwnAchievements achievements, bool hasChanged) =>
        DeskAnswers.Page<ManyPreviewed>(
            context, Visit.Of(context), (nameof(ManyPreviewed.Id), id), (nameof(ManyPreviewed.Table), previewed),
            (nameof(ManyPreviewed.Achievements), achievements.List()),
            (nameof(ManyPreviewed.HasChanged), hasChanged));

    /// <summary>The rows that are not issued, with the reason beside each, to be mended and sent again.</summary>
    private static async Task<IResult> RestAsync(
        string id, HttpContext context, UploadedTables tables, TableIntake intake)
    {
        var previewed = await intake.PreviewAsync(
            Require(tables.Find(id, intake.Now)), name => context.Request.Query[name].LastOrDefault());
        var text = PageText.Of(context.Request);
        var csv = CsvWriting.Begin();
        CsvWriting.Add(csv, [.. previewed.Table.Header, text["desk.many.reason"]]);
        int width = previewed.Table.Header.Count;
        foreach (var (row, reasons) in TableFindings.Of(text, previewed).Where(row => !row.IsDone))
        {
            var cells = previewed.Table.Rows[row - 1].Cells;
            CsvWriting.Add(csv, [.. Enumerable.Range(0, width).Select(i => i < cells.Count ? cells[i] : ""), reasons]);
        }

        return Results.File(
            Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8", text["desk.many.restFile"] + ".csv");
    }

    /// <summary>What somebody has mended on the page is kept beside the file, and looked at anew.</summary>
    private static async Task<IResult> MendAsync(
        string id, HttpContext context, UploadedTables tables, TableIntake intake)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var stored = Require(tables.Find(id, intake.Now));
        if (stored.Became is null)
        {
            try
            {
                await tables.SetMendedAsync(id, MendedCells.Add(
                    stored.Mended,
                    form.Where(field => field.Key.StartsWith(MendedCells.Field, StringComparison.Ordinal))
                        .Select(field => (field.Key[MendedCells.Field.Length..], field.Value.ToString()))));
            }
            catch (TableException exception)
            {
                throw new ProblemException(ProblemKind.TooLarge, exception.Message);
            }
        }

        var chosen = form.Where(field => field.Key == "achievement"
                || field.Key.StartsWith(ColumnMap.ByHand, StringComparison.Ordinal))
            .Select(field => KeyValuePair.Create(field.Key, (string?)field.Value.ToString()));
        return DeskAnswers.Lead(context, QueryHelpers.AddQueryString($"{Address}/{id}", chosen));
    }

    private static async Task<IResult> IssueAsync(
        string id, HttpContext context, UploadedTables tables, TableIntake intake, OwnAchievements achievements)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var stored = Require(tables.Find(id, intake.Now));
        string? became = stored.Became;
        if (became is null)
        {
            var previewed = await intake.PreviewAsync(stored, name => form[name].LastOrDefault());
            if (form["ready"] != $"{previewed.Preview.Ready}" || previewed.Preview.Ready == 0)
            {
                context.Response.StatusCode = StatusCodes.Status409Conflict;
                return Preview(context, id, previewed, achievements, hasChanged: true);
            }

            became = await intake.IssueAsync(
                id, previewed, Caller.Require(context.User), DueForm.Read(context, form));
        }

        return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/{became}");
    }

    private static IResult Show(
        string id, HttpContext context, IssuanceStore issuances, BatchBuilder builder, Outbox outbox,
        RecordActors actors, MailDeliveries deliveries)
    {
        var batch = issuances.Find(id) is { Kind: IssuanceKind.Batch } found
            ? found
            : throw new ProblemException(ProblemKind.NotFound, "This gateway has no batch of this id.");
        return DeskAnswers.Page<BatchCard>(
            context, Visit.Of(context),
            (nameof(BatchCard.Batch), BatchResource.BatchAnswer.Of(batch, builder, issuances, outbox, actors)),
            (nameof(BatchCard.Mails), deliveries.Count(batch.Number)));
    }

    private static IResult Template(HttpContext context, OwnAchievements achievements)
    {
        var text = PageText.Of(context.Request);
        string id = DeskQuery.AchievementOf(context, achievements) ?? "";
        string[] fields = ["name", "email", "studentNumber", "value", "validUntil", "achievement"];
        var csv = CsvWriting.Begin();
        CsvWriting.Add(csv, fields.Select(field => text[$"desk.field.{field}"]));
        CsvWriting.Add(csv, ["", "", "", "", "", id]);
        return Results.File(
            Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8",
            $"{text["desk.many.templateFile"]}{(id.Length > 0 ? "-" + id : "")}.csv");
    }

    private static async Task<byte[]> ContentOf(IFormFile? file, CancellationToken cancellationToken)
    {
        if (file is null) throw new TableException("empty", "No file was chosen.");
        if (file.Length > TableReader.MaxBytes) throw TableReader.TooLarge();
        using var memory = new MemoryStream((int)file.Length);
        await file.CopyToAsync(memory, cancellationToken);
        return memory.ToArray();
    }

    private static StoredTable Require(StoredTable? table) => table
        ?? throw new ProblemException(
            ProblemKind.NotFound, "The table is not here any more: it lies here for a day. Send it again.");
}
