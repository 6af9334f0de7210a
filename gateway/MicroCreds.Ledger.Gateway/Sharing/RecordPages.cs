using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>/me/record: several of a device's credentials as one file.</summary>
public static class RecordPages
{
    /// <summary>Where it is.</summary>
    public const string Address = LearnerPages.MineAddress + "/record";

    public static void MapRecordPages(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Address, GiveAsync).Costs(RouteCost.Dear)
            .Unaudited("It is the learner's own, whom the device shows; nobody is told what learners do.")
            .ExcludeFromDescription();

    private static async Task<IResult> GiveAsync(
        HttpContext context, Holdings holdings, LearnerRecords records, SignIn signIn, GatewayServiceOptions options)
    {
        string form = context.Request.Query["form"].ToString();
        if (!options.Learners.Allows(LearnerChannels.Files) || LearnerDevice.Of(context, signIn) is not { } device
            || !LearnerRecords.Forms.Contains(form))
            return LearnerPages.Gone(context);
        var chosen = context.Request.Query["credential"];
        var awards = new List<CredentialAward>();
        foreach (var holding in holdings.List(device).Where(one => chosen.Contains(one.Id)))
        {
            if (await records.FindAsync(holding.Credential, context.RequestAborted) is { } award) awards.Add(award);
        }

        if (awards.Count == 0) return Return("none");
        if (awards.Count > LearnerRecords.MaxCredentials) return Return("tooManyCredentials");
        return LearnerRecords.AreOfOne(awards)
            ? LearnerPages.Give(
                context,
                await records.MakeAsync(awards, form, PageText.Of(context.Request), context.RequestAborted))
            : Return("several");

        IResult Return(string fault) => PageAnswers.Lead(context, $"{LearnerPages.MineAddress}?fault={fault}");
    }
}
