using System.Text.Encodings.Web;
using System.Text.Unicode;
using MicroCreds.Ledger.Gateway.Desk.Agreements;
using MicroCreds.Ledger.Gateway.Desk.Recognizing;
using MicroCreds.Ledger.Gateway.Desk.Voting;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>The registrar's desk: all its pages, and what they are made with.</summary>
public static class DeskRoutes
{
    /// <summary>Adds the components' renderer, and what seals the forms.</summary>
    public static IServiceCollection AddDesk(this IServiceCollection services)
    {
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "microcreds-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.FormFieldName = "form-token";
        });
        services.AddRazorComponents();

        // Only what would be markup is written as an entity: letters of every language stand as they are.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddSingleton<AgreementDeskServices>().AddSingleton<DraftDeskServices>();
        services.AddSingleton<RecognitionDeskServices>();
        services.AddSingleton<BallotDeskServices>().AddSingleton<AccreditationDeskServices>();
        return services;
    }

    public static void MapDesk(this IEndpointRouteBuilder routes)
    {
        var desk = routes.MapGroup(DeskAnswers.Address).ExcludeFromDescription()
            .AddEndpointFilter(DeskAnswers.GuardAsync);
        desk.MapDeskFiles();
        desk.MapOverview();
        desk.MapIssueOne();
        desk.MapIssueMany();
        desk.MapHandout();
        desk.MapRequests();
        desk.MapApplications();
        desk.MapPractices();
        desk.MapPracticeRules();
        desk.MapWithdraw();
        desk.MapCredential();
        desk.MapFind();
        desk.MapAchievementPages();
        desk.MapOfferingPages();
        desk.MapAchievementDraftPages();
        desk.MapPathwayPages();
        desk.MapAuditLog();
        desk.MapPathwayDrafts();
        desk.MapKeys();
        desk.MapWebhooks();
        desk.MapAgreements();
        desk.MapRecognition();
        desk.MapBallots();
        desk.MapAccreditations();
        desk.MapFigures();
        desk.MapAnalyticsPage();
    }
}
