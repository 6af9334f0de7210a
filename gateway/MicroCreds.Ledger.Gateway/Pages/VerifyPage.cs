using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.Features;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /verify: the page on which anyone verifies a credential. It is whole without JavaScript: the form is sent, and the
/// verdict comes back as HTML. The script only spares the reload and reads pictures.
/// </summary>
public static class VerifyPage
{
    private const string Address = "/verify";

    public static void MapVerifyPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, PageFrame frame) =>
        {
            var text = PageText.Of(context.Request);
            return frame.WriteAsync(context, new Page(text, text["page.title"], VerifyForm.Render(text)));
        }).ExcludeFromDescription();
        routes.MapPost(Address, VerifyAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .TakesParameters(PageText.LanguageParameter).ExcludeFromDescription();
    }

    private static async Task VerifyAsync(
        HttpContext context, PageFrame frame, CredentialVerifier verifier, DocumentStore documents,
        FormSigner signer, PublicAddress address, LedgerProjection projection, ProjectedRecords records,
        Recognitions recognitions, BadgeImages badges, GatewayMetrics metrics)
    {
        var (form, fault) = await ReadFormAsync(context.Request);
        var text = PageText.Of(context.Request, form?["switch"].LastOrDefault() ?? form?["lang"].LastOrDefault());
        var input = fault ?? await InputOfAsync(
            form!, context.Request.Host.Value ?? "", address, documents, signer, context.RequestAborted);
        if (input.Document is not { } document)
        {
            var refused = RefusalView.Render(text, input);
            await frame.WriteAsync(context, PageOf(text, text["verdict.refused"], refused, ""));
            return;
        }

        var verdict = await verifier.VerifyAsync(document, context.RequestAborted);
        metrics.Verified(verdict.Kind);
        var institution = verdict.Credential is { } credential
            ? projection.Institutions.GetValueOrDefault(credential.MspId) : null;
        var view = new VerdictView(text, verdict, institution, input.IsByLink)
        {
            Badge = verdict.Document is { } read ? badges.FindFor(CredentialContent.Of(read)) : null,
        };
        string entered = input.IsByLink ? TextOf(form!) : Encoding.UTF8.GetString(document);
        var recognizable = recognitions.Of(verdict);
        if (input.IsByLink) recognizable = recognizable.WithoutGrade();
        Html recognition = verdict.Kind == VerdictKind.Valid
            ? new RecognitionView(
                text, recognitions.Answer([recognizable], null), projection, records).Render()
            : Html.None;
        await frame.WriteAsync(context, PageOf(text, view.Title, $"{view.Render()}{recognition}", entered));
    }

    private static Page PageOf(PageText text, string verdict, Html result, string entered) => new(
        text,
        text.Fill("page.titleWithVerdict", ("verdict", verdict)),
        VerifyForm.Render(text, result, entered),
        KeepsInput: entered.Length > 0);

    private static async Task<(IFormCollection? Form, VerifyInput? Fault)> ReadFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return (null, VerifyInput.Refused("empty"));
        try
        {
            // In memory: what is entered must not touch a disk.
            return (await request.ReadFormAsync(new FormOptions
            {
                MemoryBufferThreshold = RequestBody.MaxBytes,
                ValueLengthLimit = RequestBody.MaxBytes,
            }), null);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return (null, VerifyInput.Refused("tooLarge"));
        }
    }

    /// <summary>What was pasted; where only the language is switched, what was verified before.</summary>
    private static string TextOf(IFormCollection form) =>
        form["credential"].ToString() is { Length: > 0 } pasted ? pasted
            : form.ContainsKey("switch") ? form["kept"].ToString()
            : "";

    private static async ValueTask<VerifyInput> InputOfAsync(
        IFormCollection form, string ownHost, PublicAddress address, DocumentStore documents, FormSigner signer,
        CancellationToken cancellationToken)
    {
        if (form.Files.Count == 0 || form.Files[0] is not { Length: > 0 } file)
            return await VerifyInput.OfTextAsync(TextOf(form), ownHost, address, documents, signer, cancellationToken);

        using var memory = new MemoryStream();
        await file.CopyToAsync(memory, cancellationToken);
        return await VerifyInput.OfFileAsync(
            memory.ToArray(), ownHost, address, documents, signer, cancellationToken);
    }
}
