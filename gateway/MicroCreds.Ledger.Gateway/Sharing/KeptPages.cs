using System.Text;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// What /me needs to keep credentials in the browser: its script, and a route that reads what the browser sends and
/// keeps nothing of it. What is kept lies in the browser alone.
/// </summary>
public static class KeptPages
{
    /// <summary>Where credentials are read.</summary>
    public const string ReadingAddress = LearnerPages.MineAddress + "/reading";

    /// <summary>Where the script is that the others belong to.</summary>
    public const string ScriptAddress = ScriptFolder + "/main.js";

    private const string ScriptFolder = "/kept";

    /// <summary>The field that says <c>yes</c> where what the visitor's device holds is to be given as well.</summary>
    private const string Mine = "mine";

    public static void MapKeptPages(this IEndpointRouteBuilder routes)
    {
        routes.MapScripts(
            ScriptFolder, $"{typeof(KeptPages).Namespace}.Kept", ["asking", "files", "keeping", "main", "words"]);
        routes.MapPost(ReadingAddress, ReadAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithMetadata(new RequestSizeLimitAttribute(VerifyPage.MaxBytes))
            .TakesParameters(PageText.LanguageParameter).ExcludeFromDescription();
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context, VerifyInputs inputs, KeptReader reader, HeldDocuments held, SignIn signIn,
        GatewayServiceOptions options)
    {
        PageAnswers.KeepToItself(context);
        var (form, fault) = await VerifyPage.ReadFormAsync(context.Request);
        var text = PageText.Of(context.Request, form?["lang"].LastOrDefault());
        var given = new List<VerifyInput>();
        if (form is null)
            given.Add(fault!);
        else if (form.Files.Count > 0)
            given.AddRange(await VerifyPage.InputsOfAsync(
                form, context.Request.Host.Value ?? "", inputs, text, context.RequestAborted));

        // An institution that hands out no files hands none out here.
        if (form?[Mine].LastOrDefault() == "yes" && options.Learners.Allows(LearnerChannels.Files))
        {
            given.AddRange((await held.OfAsync(context)).Select(one =>
                new VerifyInput { Document = Encoding.UTF8.GetBytes(one.GetRawText()) }));
        }

        return TypedResults.Json(
            await reader.ReadAsync(given, LearnerDevice.Of(context, signIn), text, context.RequestAborted));
    }
}
