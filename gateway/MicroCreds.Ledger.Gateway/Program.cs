using System.Net.Sockets;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Joining;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Publishing;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Seeking;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using Microsoft.AspNetCore.Connections;

namespace MicroCreds.Ledger.Gateway;

/// <summary>Starts the service.</summary>
public static class Program
{
    /// <summary>
    /// Settings are read at start alone. Else the host watches every directory below the one that it was started in,
    /// with one of the few (128) watchers that the system lets a user have.
    /// </summary>
    private const string SettingsStay = "--hostBuilder:reloadConfigOnChange=false";

    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using var service = await CreateAsync(args);
            _ = QuietHeap.KeepAsync(service.Lifetime.ApplicationStopping);
            await service.RunAsync();
            return 0;
        }
        catch (OptionsException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (StoreException exception)
        {
            await Console.Error.WriteLineAsync("The gateway cannot start: " + exception.Message);
            return 1;
        }
        catch (Exception exception) when (StoreDamagedException.IsDamage(exception))
        {
            await Console.Error.WriteLineAsync(
                "The gateway cannot start: " + new StoreDamagedException(StorePlace.FileName, exception).Message);
            return 1;
        }
        catch (InvalidDataException exception)
        {
            await Console.Error.WriteLineAsync(
                $"The gateway cannot start: what it keeps of the ledger is damaged. {exception.Message} Remove "
                + "projection.db, projection.db-wal and projection.db-shm from the data directory and start it anew: "
                + "it makes them from the peer's blocks.");
            return 1;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync(
                "The gateway cannot start: another program listens where Listen or OperationsListen says. End that one "
                + $"or name another address. {exception.Message}");
            return 1;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressNotAvailable
            or SocketError.AccessDenied)
        {
            await Console.Error.WriteLineAsync(
                "The gateway cannot start: this computer does not let it listen where Listen or OperationsListen says. "
                + $"Name an address that it has, and a port from 1024. {exception.Message}");
            return 1;
        }
    }

    /// <summary>Puts the service together.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Puts something else in place of a service: tests bring a ledger of their own.</param>
    public static async Task<WebApplication> CreateAsync(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. args, SettingsStay] });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var options = OptionsReader.Read(builder.Configuration, args);
        builder.AddTelemetry(options);
        builder.WebHost.UseUrls([.. OperationsPort.Addresses(options)]).ConfigureKestrel(RequestBody.Limit);
        var places = await KeyPlaces.OpenAsync(options);
        try
        {
            var store = await GatewayStore.OpenAsync(
                new StorePlace(options.DataDirectory, options.Database, options.DatabasePasswordFile));
            try
            {
                return await PutTogetherAsync(builder, options, store, places, replace);
            }
            catch
            {
                await store.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await places.DisposeAsync();
            throw;
        }
    }

    private static async Task<WebApplication> PutTogetherAsync(
        WebApplicationBuilder builder, GatewayServiceOptions options, GatewayStore store, KeyPlaces places,
        Action<IServiceCollection>? replace)
    {
        var keys = await IssuerKeys.OpenAsync(options, places);
        var services = builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System);
        services.AddSingleton<PublicAddress>().AddSingleton(_ => store).AddSingleton(_ => places);
        services.AddSingleton<IssuanceStore>().AddSingleton<DocumentStore>().AddSingleton<LedgerDoor>();
        services.AddSingleton<ILedgerConnection>(provider => FabricConnection.Open(
            options, provider.GetRequiredService<KeyPlaces>(), provider.GetRequiredService<ILoggerFactory>(),
            () => provider.GetRequiredService<LedgerProjection>().Shared.Members.MspIds));
        services.AddSingleton(_ => LedgerProjection.Open(options)).AddSingleton<ProjectedRecords>();
        services.AddSingleton<ProjectedPathways>().AddSingleton<AchievementOffers>().AddSingleton<CredentialSet>();
        services.AddSingleton<GoalSearch>().AddSingleton<SharedFacts>().AddSingleton<SharedAnalytics>();
        services.AddHosted<SharedFactsSweeping>();
        services.AddSingleton<OwnersRecognitions>().AddSingleton<PathwayProgress>().AddSingleton<Awarding>();
        services.AddSingleton<Offerings>().AddSingleton<PathwayPlanning>();
        services.AddSingleton<MemberStatements>().AddSingleton<MemberAgreements>();
        services.AddSingleton<MemberBallots>().AddSingleton<MemberAccreditations>().AddSingleton<Endings>();
        services.AddSingleton<Recognitions>().AddSingleton<AgreementEndorsement>()
            .AddSingleton<RenewedTrusts>().AddSingleton<AbroadTrusts>()
            .AddSingleton<IAbroadVerifier, AbroadCredentials>();
        services.AddSingleton(provider => new CredentialVerifier(
            provider.GetRequiredService<ILedgerView>(), provider.GetRequiredService<TimeProvider>(),
            () => provider.GetRequiredService<LedgerIdentity>().Verification));
        services.AddSingleton<LedgerView>().AddSingleton<ILedgerView>(
            provider => provider.GetRequiredService<LedgerView>()).AddHosted<ProjectionFollower>();
        services.AddHosted<Leadership>().AddHosted<LedgerIdentity>().AddSingleton<TrustedClock>();
        services.AddHosted<FirstCatchUp>().AddHosted<ApiKeyWithdrawals>().AddHosted<MissingIssuances>();
        services.AddSingleton(_ => keys).AddHosted<KeyRegistrar>().AddHosted<PolicyKeeper>();
        services.AddSingleton(IssuerCertificates.Open(options, keys, TimeProvider.System));
        services.AddSingleton<AchievementCatalog>().AddSingleton<StatusLists>().AddSingleton<Membership>()
            .AddSingleton<IssuanceBuilder>();
        services.AddSingleton<StandingAwards>().AddSingleton<DecidedIssuing>();
        services.AddSingleton<Anchoring>().AddSingleton<JointIssuing>().AddSingleton<CredentialIssuer>()
            .AddSingleton<StatusChanges>();
        services.AddHosted<ErasureWorker>().AddSingleton<DocumentMaker>().AddSingleton<FormSigner>()
            .AddSingleton<CompactCredentials>();
        services.AddSingleton<BatchBuilder>().AddSingleton<Outbox>().AddHosted<OutboxWorker>();
        services.AddSingleton<ListedStatuses>().AddSingleton<StatusListPublisher>();
        services.AddSingleton<BundleMaker>().AddSingleton<GatewayMetrics>();
        services.AddSingleton<Certificates>().AddSingleton<IssuingReadiness>().AddSingleton<ClientLimits>();
        services.AddSingleton<IssuingStatistics>().AddSingleton<AnswerCounts>().AddHosted<AnswerCounter>()
            .AddSingleton<FirstKey>().AddSingleton<AuditLog>().AddSingleton<AuditChain>();
        services.AddSingleton<AuditSubject>().AddSingleton<AuditTrail>().AddHosted<AuditRetention>();
        services.AddSingleton<RecordActors>().AddSingleton<CredentialOrigins>().AddSingleton<BackgroundTrail>();
        services.AddSingleton<IssuingPreview>().AddSingleton<BatchIntake>().AddSingleton<OwnAchievements>();
        services.AddSingleton<OverviewAttention>().AddSingleton<SavedViews>();
        services.AddSingleton<CredentialDeskServices>().AddSingleton<CredentialSearch>();
        services.AddSingleton<NameIndex>().AddSingleton<CredentialFinder>().AddHosted<NameIndexing>();
        services.AddSingleton<UploadedTables>().AddSingleton<Corrections>().AddSingleton<TableIntake>();
        services.AddHosted<TableSweeping>().AddSingleton<PendingCorrections>().AddHosted<CorrectionRoutine>();
        services.AddSingleton<IssuingRequests>().AddSingleton<Approvals>().AddSingleton<ReleaseBell>();
        services.AddHosted<RequestReleasing>();
        services.AddSingleton<StatusBatches>().AddSingleton<StatusBatchIntake>().AddHosted<StatusBatchWork>();
        services.AddSingleton<DraftStore>().AddSingleton<BadgeStore>().AddSingleton<BadgeImages>();
        services.AddSingleton<AchievementDrafts>().AddSingleton<SkillList>();
        services.AddSingleton<WebhookStore>().AddSingleton<WebhookDeliveries>().AddSingleton<WebhookMessages>();
        services.AddSingleton<WebhookBell>().AddSingleton<WebhookClient>().AddHosted<WebhookAnnouncer>();
        services.AddLearners(options.Learners).AddPractising().AddStatementLog(options);
        services.AddHosted<WebhookSender>().AddHosted<WebhookRetention>().AddSingleton<WebhookFigures>();
        services.AddAccess(options.SignOn).AddVerifying(options).AddPublicReading().AddDescription().AddDesk();
        replace?.Invoke(services);

        var app = builder.Build();
        await app.Services.GetRequiredService<FirstKey>().TakeAsync();
        app.Services.GetRequiredService<GatewayMetrics>();
        LayPipeline(app, options);
        return app;
    }

    /// <summary>What a request goes through, in this order.</summary>
    private static void LayPipeline(WebApplication app, GatewayServiceOptions options)
    {
        app.UsePublicPath(options).UseTrustedProxies(options);
        app.Use(CarefulAnswers.GuardAsync).Use(XapiAnswers.GuardAsync).Use(HeadRequests.AnswerAsync).UseRouting();
        app.Use(Telemetry.NameSpanAsync);
        app.UseMiddleware<ProblemTranslation>().Use(OperationsPort.NothingElseAsync).UseCors();

        // Before anybody is refused, and before the database is asked who it is: who guesses at keys is limited too.
        var limits = app.Services.GetRequiredService<ClientLimits>();
        app.Use(limits.ArriveAsync).UseAuthentication().Use(limits.CheckAsync);
        app.Use(AuditTrail.NoteAsync).UseAuthorization();
        app.Use(ForeignSites.RefuseAsync).Use(PlainBodies.CheckAsync).Use(KnownParameters.CheckAsync)
            .Use(OversizedForms.ForgetAsync).Use(ReferencePage.SecureAsync);
        app.MapReference(options);
        app.MapGatewayResources();
    }

    internal static IServiceCollection AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService =>
        services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
