using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Federating;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Scene;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Gateway.Wallets.Presenting;
using MicroCreds.Ledger.Gateway.Xapi;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>All that the gateway answers to.</summary>
public static class GatewayResources
{
    public static void MapGatewayResources(this IEndpointRouteBuilder routes)
    {
        routes.MapInstitutions();
        routes.MapIssuerIdentities();
        routes.MapTokenMetadata();
        routes.MapPublishedContext();
        routes.MapAchievements();
        routes.MapOfferings();
        routes.MapAchievementDrafts();
        routes.MapBadgeImages();
        routes.MapPathways();
        routes.MapGoals();
        routes.MapPathwayEvaluations();
        routes.MapPlans();
        routes.MapMilestones();
        routes.MapPathwayAwards();
        routes.MapAwardApplications();
        routes.MapConsortium();
        routes.MapAccreditations();
        routes.MapAgreements();
        routes.MapEndings();
        routes.MapRecognitions();
        routes.MapRecognitionMatrix();
        routes.MapStatistics();
        routes.MapAnalytics();
        routes.MapCredentials();
        routes.MapCredentialList();
        routes.MapSavedViews();
        routes.MapLearners();
        routes.MapShapes();
        routes.MapStatuses();
        routes.MapStatusBatches();
        routes.MapStatusLists();
        routes.MapBundles();
        routes.MapBatches();
        routes.MapIssuingRequests();
        routes.MapVerifications();
        routes.MapEvents();
        routes.MapApiKeys();
        routes.MapWebhooks();
        routes.MapWebhookDeliveries();
        routes.MapSignInLinks();
        routes.MapAudit();
        routes.MapSimulators();
        routes.MapPracticeRules();
        routes.MapPractices();
        routes.MapStatements();
        routes.MapDocuments();
        routes.MapThings();
        routes.MapFetching();
        routes.MapHealth();
        routes.MapPages();
        routes.MapLearnerPages();
        routes.MapTranscriptPages();
        routes.MapRecordPages();
        routes.MapApplicationPage();
        routes.MapPractisePages();
        routes.MapScene();
        routes.MapKeptPages();
        routes.MapWallets();
        routes.MapPresenting();
        routes.MapFederation();
        routes.MapLog();
        routes.MapFilter();
        routes.MapWitness();
        routes.MapMailbox();
        routes.MapDesk();
    }
}
