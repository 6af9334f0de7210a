using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Tables;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/withdraw: many credentials, selected or listed in a file, are withdrawn or reinstated at
/// once.</summary>
internal static partial class WithdrawDesk
{
    public const string Address = DeskAnswers.Address + "/withdraw";

    private const int Shown = 200;
    internal const int ShownBatches = 10;
    private const int MaxUploadBytes = 4 * 1024 * 1024;

    public static void MapWithdraw(this IEndpointRouteBuilder desk)
    {
        const string kind = StatusBatchResource.Kind;
        desk.MapGet("/withdraw", (HttpContext context, StatusBatches batches) => Start(context, batches, fault: null))
            .Audited("status-batch.list").RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/withdraw", CollectAsync)
            .Audited("status-batch.preview", kind).RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxUploadBytes));
        desk.MapGet("/withdraw/{id}", Show)
            .Audited("status-batch.read", kind).RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/withdraw/{id}", BeginAsync)
            .Costs(RouteCost.Batch)
            .Audited("status-batch.begin", kind).RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static IResult Start(HttpContext context, StatusBatches batches, string? fault) =>
        DeskAnswers.Page<Withdraw>(
            context, Visit.Of(context),
            (nameof(Withdraw.Batches), batches.List(before: null, ShownBatches)
                .Select(one => StatusBatchResource.StatusBatchAnswer.Of(one, batches)).ToList()),
            (nameof(Withdraw.Fault), fault));

    private static async Task<IResult> CollectAsync(
        HttpContext context, StatusBatchIntake intake, StatusBatches batches, CredentialSearch search)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var text = PageText.Of(context.Request);
        try
        {
            var names = form["all"] == "yes" ? await FoundAsync(form, search)
                : form.Files.GetFile("file") is { Length: > 0 } file ? await ListedAsync(file, context.RequestAborted)
                : [.. form["credential"].OfType<string>(), .. Separators().Split(form["list"].ToString())];
            names = [.. names.Where(name => name.Length > 0)];
            string? fault = names.Count switch
            {
                0 => text["desk.withdraw.nothing"],
                > StatusBatches.MaxItems => text.Fill(
                    "desk.withdraw.tooMany", ("count", text.Whole(names.Count)),
                    ("limit", text.Whole(StatusBatches.MaxItems))),
                _ => null,
            };
            if (fault is null)
            {
                string id = await intake.KeepAsync(intake.Resolve(names), Caller.Require(context.User));
                return DeskAnswers.Lead(context, $"{Address}/{id}");
            }

            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Start(context, batches, fault);
        }
        catch (TableException exception)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Start(context, batches, text.Find($"desk.file.{exception.Code}") ?? exception.Message);
        }
    }

    private static IResult Show(
        string id, HttpContext context, StatusBatchIntake intake, StatusBatches batches, DocumentStore documents)
    {
        var batch = intake.Require(id);
        var items = batches.ListItems(id, state: null, after: 0, StatusBatches.MaxItems);
        return DeskAnswers.Page<WithdrawCard>(
            context, Visit.Of(context),
            (nameof(WithdrawCard.Batch), StatusBatchResource.StatusBatchAnswer.Of(batch, batches)),
            (nameof(WithdrawCard.States), items.Where(item => item.Root.Length > 0).GroupBy(intake.StateOf)
                .ToDictionary(group => group.Key, group => group.Count())),
            (nameof(WithdrawCard.Items), items.OrderBy(item => item.State == StatusItemState.Failed ? 0 : 1)
                .Take(Shown).Select(item => new WithdrawItem(
                    item, NameOf(item, documents), item.Root.Length > 0 ? intake.StateOf(item) : null)).ToList()),
            (nameof(WithdrawCard.Total), items.Count));
    }

    private static async Task<IResult> BeginAsync(string id, HttpContext context, StatusBatchIntake intake)
    {
        var form = await DeskAnswers.ReadFormAsync(context);

        // One list of what can be done, each with its reason: state:reason.
        string[] chosen = form["what"].ToString().Split(':', 2);
        await intake.BeginAsync(
            id, chosen[0], chosen.Length > 1 ? chosen[1] : null, Caller.Require(context.User));
        return DeskAnswers.Lead(context, $"{Address}/{id}");
    }

    private static string? NameOf(StatusBatchItem item, DocumentStore documents) =>
        item.Root.Length > 0 && documents.Find(item.Root, item.Leaf)?.Document is { Kept.Template: not null } document
            ? CredentialSeed.FromCbor(document.Kept.Bytes).Name
            : null;

    /// <summary>All that a search finds.</summary>
    private static async Task<List<string>> FoundAsync(IFormCollection form, CredentialSearch search)
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery(form["query"].ToString()));
        var names = new List<string>();
        await foreach (var found in CredentialListResource.AllAsync(search, CredentialListResource.TermsOf(query)))
        {
            names.Add(found.Id);
            if (names.Count > StatusBatches.MaxItems) break;
        }

        return names;
    }

    /// <summary>In each row of a table, the first cell that names a credential; the row itself where none
    /// does.</summary>
    private static async Task<List<string>> ListedAsync(IFormFile file, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        await file.CopyToAsync(memory, cancellationToken);
        byte[] content = memory.ToArray();

        // A list without names of columns may begin with a credential.
        var table = TableReader.ReadList(content);
        var names = table.Rows.Select(row => row.Cells.FirstOrDefault(Named().IsMatch)?.Trim() ?? $"#{row.Line}");
        return [.. table.Header.Where(cell => Named().IsMatch(cell)).Take(1), .. names];
    }

    [GeneratedRegex(@"[\s,;]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(
        @"^\s*(urn:uuid:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\s*$|[0-9a-f]{64}\.[0-9]+\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}

/// <summary>One of the credentials, as it is shown.</summary>
/// <param name="Item">The credential.</param>
/// <param name="Name">Its learner's name.</param>
/// <param name="Current">The state that it is in; none of what names no credential.</param>
public sealed record WithdrawItem(StatusBatchItem Item, string? Name, string? Current);
