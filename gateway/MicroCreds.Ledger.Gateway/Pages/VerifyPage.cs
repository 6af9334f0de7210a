using System.Text;
using System.Text.Unicode;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /verify: the page on which anyone verifies a credential. It is whole without JavaScript: the form is sent, and the
/// verdict comes back as HTML. The script only spares the reload and reads pictures.
/// </summary>
public static class VerifyPage
{
    private const string Address = "/verify";

    /// <summary>The largest form: a phone's photo, or a PDF with pictures.</summary>
    private const int MaxBytes = 12 * 1024 * 1024;

    public static void MapVerifyPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context) =>
            PageAnswers.Give<VerifyView>(context, PageVisit.Of(context))).ExcludeFromDescription();
        routes.MapPost(Address, VerifyAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .TakesParameters(PageText.LanguageParameter).ExcludeFromDescription();
    }

    private static async Task<IResult> VerifyAsync(
        HttpContext context, ReceivedVerifier verifier, VerifyInputs inputs, LedgerProjection projection,
        Recognitions recognitions, BadgeImages badges, AnswerCounter answers)
    {
        var (form, fault) = await ReadFormAsync(context.Request);
        var visit = PageVisit.Of(context, form?["switch"].LastOrDefault() ?? form?["lang"].LastOrDefault());
        var input = fault ?? await InputOfAsync(
            form!, context.Request.Host.Value ?? "", inputs, context.RequestAborted);
        if (input.Document is not { } document)
        {
            return PageAnswers.Give<VerifyView>(
                context, visit, (nameof(VerifyView.Refused), input.Refusal), (nameof(VerifyView.About), input.About));
        }

        var verdict = await verifier.VerifyAsync(document, request: null, context.RequestAborted);
        answers.Verified(verdict.Kind);
        var recognizable = recognitions.Of(verdict);
        if (input.IsByLink) recognizable = recognizable.WithoutGrade();
        return PageAnswers.Give<VerifyView>(
            context, visit,
            (nameof(VerifyView.Verdict), verdict),
            (nameof(VerifyView.Issuer), verdict.Credential is { } credential
                ? projection.Institutions.GetValueOrDefault(credential.MspId) : null),
            (nameof(VerifyView.IsByLink), input.IsByLink),
            (nameof(VerifyView.Badge), verdict.Document is { } read
                ? badges.FindFor(CredentialContent.Of(read)) : null),
            (nameof(VerifyView.Recognized), verdict.Kind == VerdictKind.Valid
                ? recognitions.Answer([recognizable], null) : null),
            (nameof(VerifyView.Entered), input.IsByLink ? TextOf(form!)
                : Utf8.IsValid(document) ? Encoding.UTF8.GetString(document) : ""));
    }

    private static async Task<(IFormCollection? Form, VerifyInput? Fault)> ReadFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return (null, VerifyInput.Refused("empty"));
        try
        {
            // In memory: what is entered must not touch a disk.
            return (await request.ReadFormAsync(new FormOptions
            {
                MemoryBufferThreshold = MaxBytes,
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
        IFormCollection form, string ownHost, VerifyInputs inputs, CancellationToken cancellationToken)
    {
        if (form.Files.Count == 0 || form.Files[0] is not { Length: > 0 } file)
            return await inputs.OfTextAsync(TextOf(form), ownHost, cancellationToken);

        using var memory = new MemoryStream();
        await file.CopyToAsync(memory, cancellationToken);
        return await inputs.OfFileAsync(memory.ToArray(), ownHost, cancellationToken);
    }
}
