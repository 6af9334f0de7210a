using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/simulators: whose word on practice this institution takes.</summary>
public static class SimulatorResource
{
    /// <summary>Where they are.</summary>
    public const string Address = "/v1/simulators";

    /// <summary>What the audit log calls one.</summary>
    internal const string Kind = "simulator";

    private const int MaxActivities = 50;

    private static readonly NewSimulator Example = new()
    {
        Id = "safe-lab",
        Name = "Safe laboratory",
        Activities = ["https://simulators.aurora.example/safe-lab"],
        Launch = "https://simulators.aurora.example/safe-lab/index.html",
    };

    public static void MapSimulators(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup(Address).WithTags("Practice").RequireAuthorization(GatewayRoles.Registrar);
        all.MapPost("", CreateAsync)
            .Audited("simulator.register", Kind)
            .WithSummary("Register a simulator")
            .WithDescription(
                "It signs in at /xapi by HTTP Basic with its id and the secret that is in this answer and nowhere "
                + "else. It may speak of `activities`, and of all that lies below them. A `trial` is for its makers: "
                + "its statements are checked by xAPI alone, count for nobody and go after a day.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415);
        all.MapGet("", (Simulators simulators) =>
                TypedResults.Ok(new SimulatorList([.. simulators.List().Select(SimulatorAnswer.Of)])))
            .Unaudited("It names programs and changes nothing.")
            .WithSummary("List the simulators")
            .GivesProblems(401, 403);
        all.MapDelete("/{id}", WithdrawAsync)
            .Audited("simulator.withdraw", Kind)
            .WithSummary("Take a simulator's word no more, for good")
            .GivesProblems(401, 403, 404);
    }

    private static async Task<Created<CreatedSimulator>> CreateAsync(
        HttpRequest request, Simulators simulators, TimeProvider time)
    {
        var made = await MakeAsync(await RequestBody.ReadAsync<NewSimulator>(request), simulators, time.GetUtcNow());
        return TypedResults.Created($"{Address}/{made.Id}", made);
    }

    /// <summary>Registers a simulator.</summary>
    /// <exception cref="ProblemException">It is not what one must be, or there is one of its id.</exception>
    internal static async Task<CreatedSimulator> MakeAsync(
        NewSimulator wanted, Simulators simulators, DateTimeOffset now)
    {
        var faults = Check(wanted);
        if (faults.Count > 0) throw ProblemException.Invalid(faults);
        string secret = LearnerSecret.Draw();
        var simulator = new Simulator
        {
            Id = wanted.Id,
            Name = wanted.Name,
            Activities = [.. wanted.Activities.Distinct(StringComparer.Ordinal)],
            Launch = wanted.Launch,
            IsTrial = wanted.Trial,
            CreatedAt = now,
        };
        return await simulators.AddAsync(simulator, secret)
            ? new CreatedSimulator(simulator.Id, simulator.Name, secret)
            : throw new ProblemException(
                ProblemKind.Conflict,
                $"There is a simulator of this id, or there are {Simulators.MaxSimulators} already.");
    }

    private static async Task<Ok<SimulatorAnswer>> WithdrawAsync(
        string id, Simulators simulators, TimeProvider time) =>
        await simulators.WithdrawAsync(id, time.GetUtcNow()) && simulators.Find(id) is { } found
            ? TypedResults.Ok(SimulatorAnswer.Of(found))
            : throw new ProblemException(ProblemKind.NotFound, "There is no simulator of this id.");

    private static List<FieldFault> Check(NewSimulator wanted)
    {
        var faults = new List<FieldFault>();
        Add("/id", ValueRules.Id(wanted.Id, "/id"));
        Add("/name", ValueRules.Text(wanted.Name, "/name"));
        Add("/activities", ValueRules.Count(wanted.Activities, "/activities", 1, MaxActivities));
        for (int i = 0; i < wanted.Activities.Count; i++)
        {
            if (!XapiValues.IsIri(wanted.Activities[i]) || wanted.Activities[i].Length > Limits.MaxUrlLength)
            {
                faults.Add(new FieldFault(
                    $"/activities/{i}", $"must be an IRI of up to {Limits.MaxUrlLength} characters."));
            }
        }

        // A path alone is this gateway's own, such as the sample scene's.
        bool isOwn = wanted.Launch is ['/', not '/', ..];
        if (wanted.Launch is { } launch && !isOwn) Add("/launch", ValueRules.Url(launch, "/launch", allowHttp: true));
        if (wanted is { Trial: true, Launch: not null })
            faults.Add(new FieldFault("/launch", "is of no use to a trial: nobody practises with it."));
        return faults;

        void Add(string place, LedgerError? fault)
        {
            if (fault is not null) faults.Add(new FieldFault(place, fault.Message));
        }
    }

    /// <summary>A simulator to be registered.</summary>
    public sealed record NewSimulator
    {
        /// <summary>Names it: lower-case letters, digits and inner hyphens.</summary>
        public required string Id { get; init; }

        /// <summary>What people call it.</summary>
        public required string Name { get; init; }

        /// <summary>The activities that it may speak of, as IRIs.</summary>
        public required IReadOnlyList<string> Activities { get; init; }

        /// <summary>Where it is opened (cmi5): an address, or a path of this gateway. Default is nowhere.</summary>
        public string? Launch { get; init; }

        /// <summary>Whether its makers only try it. Default is no.</summary>
        public bool Trial { get; init; }
    }

    /// <summary>A simulator that was registered.</summary>
    /// <param name="Id">Its name, by which it signs in.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Secret">What it signs in with, shown this once.</param>
    public sealed record CreatedSimulator(string Id, string Name, string Secret);

    /// <summary>All simulators.</summary>
    /// <param name="Items">Oldest first.</param>
    public sealed record SimulatorList(IReadOnlyList<SimulatorAnswer> Items);

    /// <summary>A simulator.</summary>
    public sealed record SimulatorAnswer
    {
        /// <summary>Its name, by which it signs in.</summary>
        public required string Id { get; init; }

        /// <summary>What people call it.</summary>
        public required string Name { get; init; }

        /// <summary>The activities that it may speak of.</summary>
        public required IReadOnlyList<string> Activities { get; init; }

        /// <summary>Where it is opened.</summary>
        public string? Launch { get; init; }

        /// <summary>Whether its makers only try it.</summary>
        public required bool Trial { get; init; }

        /// <summary>When it was registered.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>Since when its word is not taken any more.</summary>
        public DateTimeOffset? WithdrawnAt { get; init; }

        internal static SimulatorAnswer Of(Simulator simulator) => new()
        {
            Id = simulator.Id,
            Name = simulator.Name,
            Activities = simulator.Activities,
            Launch = simulator.Launch,
            Trial = simulator.IsTrial,
            CreatedAt = simulator.CreatedAt,
            WithdrawnAt = simulator.WithdrawnAt,
        };
    }
}
