using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Driving;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>
/// A history as it goes on: the product and the reference side by side, and what the institutions keep.
/// </summary>
internal sealed class HistoryWorld : IAsyncDisposable
{
    private static readonly DateTimeOffset Beginning = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly string _directory;
    private bool _isClosed;

    private HistoryWorld(string directory, HistoryChannel channel, HistoryGateway gateway, string ledgerName) =>
        (_directory, Channel, Gateway, Reference) = (directory, channel, gateway, new ReferenceLedger(ledgerName));

    public HistoryChannel Channel { get; }

    public HistoryGateway Gateway { get; private set; }

    public ReferenceLedger Reference { get; private init; }

    public IReadOnlyList<Actor> Actors { get; private init; } =
        [.. HistoryChannel.Organizations.Keys.Select(mspId => new Actor(mspId))];

    /// <summary>Those whose peers are on the channel.</summary>
    public List<string> Present { get; private init; } = [.. HistoryChannel.Organizations.Keys.Take(4)];

    public IEnumerable<Actor> PresentActors => Actors.Where(actor => Present.Contains(actor.MspId));

    public List<Paper> Papers { get; } = [];

    public StatusBook Statuses { get; } = new();

    /// <summary>What the members have put to each other, as far as who acts next needs it.</summary>
    public HistoryFiles Files { get; private init; } = new();

    public DateTimeOffset Now { get; private set; } = Beginning;

    /// <summary>How far the clocks are off of those who send transactions now.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Whether whatever is sent now must be refused.</summary>
    public bool MustRefuse { get; set; }

    /// <summary>What happened, a line for each thing.</summary>
    public List<string> Log { get; } = [];

    public string Ledger => Reference.Name;

    public static async Task<HistoryWorld> FoundAsync()
    {
        string directory = NewDirectory();
        var channel = HistoryChannel.Open(directory, [.. HistoryChannel.Organizations.Keys.Take(4)]);
        ContractServer.Clock.Now = Beginning;
        var founding = new Founding
        {
            Ledger = HistoryGateway.LedgerNameOf(channel),
            Members = [.. HistoryChannel.Organizations.Keys.Take(4)],
        };
        var found = await channel.SimulateAsync(
            founding.Members[0], Beginning, TransactionNames.Found, [Bytes(founding)]);
        bool isFounded = !found.IsRefused && channel.Cut((found, founding.Members))[0];
        if (!isFounded) throw new Disagreement($"the ledger cannot be founded: {found.Response.Message}");
        var gateway = await HistoryGateway.StartAsync(channel, directory);
        var world = new HistoryWorld(directory, channel, gateway, founding.Ledger);
        world.Reference.TakeBlock((long)channel.Newest, [Beginning]);
        return world;
    }

    /// <summary>A history of its own that goes on from here; this one must not go on meanwhile.</summary>
    public async Task<HistoryWorld> ForkAsync()
    {
        string directory = NewDirectory();
        foreach (string file in Directory.GetFiles(_directory))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        var channel = HistoryChannel.Open(directory, Present);
        ContractServer.Clock.Now = Now;
        return new HistoryWorld(directory, channel, await HistoryGateway.StartAsync(channel, directory), Ledger)
        {
            Reference = Reference.Fork(),
            Actors = [.. Actors.Select(actor => actor.Fork())],
            Present = [.. Present],
            Files = Files.Fork(),
            Now = Now,
        };
    }

    /// <summary>Closes what is open, so that the files are whole; the directory stays.</summary>
    public async Task CloseAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        await Gateway.DisposeAsync();
        await Channel.DisposeAsync();
    }

    public Actor Find(string mspId) => Actors.First(actor => actor.MspId == mspId);

    public void Wait(TimeSpan time) => ContractServer.Clock.Now = Now += time;

    public void Note(string line) =>
        Log.Add(string.Create(CultureInfo.InvariantCulture, $"{Now:MM-dd HH:mm} [{Channel.Newest}] {line}"));

    /// <summary>Has the contract do something, as an institution's administrator, with all present peers.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="must">Whether it must be done, must be refused, or may be either.</param>
    /// <param name="name">The transaction.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Whether it stands on the ledger now.</returns>
    public async Task<bool> SubmitAsync(Actor actor, bool? must, string name, params object[] arguments)
    {
        if (MustRefuse) must = false;
        var simulated = await SimulateAsync(actor, name, arguments);
        string what = $"{actor.MspId} {name}";
        if (simulated.IsRefused)
        {
            Note($"{what}: refused: {simulated.Response.Message}");
            if (must == true)
                throw new Disagreement($"{what} must be done, and is refused: {simulated.Response.Message}");
            return false;
        }

        bool isValid = Cut((simulated, Present))[0];
        Note($"{what}: {(isValid ? "done" : "not valid")}");
        if (must == false && isValid) throw new Disagreement($"{what} must be refused, and is done");
        if (must == true && !isValid) throw new Disagreement($"{what} must be done, and its endorsements do not do");
        return isValid;
    }

    /// <summary>Has the peers endorse a transaction, which is not ordered yet.</summary>
    public Task<SimulatedTransaction> SimulateAsync(Actor actor, string name, params object[] arguments) =>
        Channel.SimulateAsync(actor.MspId, Now + Skew, name, [.. arguments.Select(Bytes)]);

    /// <summary>Asks the contract.</summary>
    public async Task<T> EvaluateAsync<T>(Actor actor, string name, params object[] arguments)
        where T : class
    {
        var answer = await Channel.SimulateAsync(
            actor.MspId, Now, name, [.. arguments.Select(Bytes)]);
        return answer.IsRefused
            ? throw new Disagreement($"{actor.MspId} asks {name} and is refused: {answer.Response.Message}")
            : LedgerJson.Deserialize<T>(answer.Response.Payload.ToByteArray());
    }

    /// <summary>Puts transactions into a block, and has the reference take it in too.</summary>
    public bool[] Cut(params IReadOnlyList<(SimulatedTransaction Transaction, IReadOnlyList<string> Endorsers)> all)
    {
        bool[] valid = Channel.Cut(all);
        Reference.TakeBlock(
            (long)Channel.Newest,
            all.Where((one, i) => valid[i] && one.Transaction.WritesPublicly)
                .Select(one => one.Transaction.Time.ToDateTimeOffset()));
        return valid;
    }

    public async Task RestartGatewayAsync()
    {
        await Gateway.DisposeAsync();
        Gateway = await HistoryGateway.StartAsync(Channel, _directory);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static byte[] Bytes(object argument) => argument switch
    {
        string text => Encoding.UTF8.GetBytes(text),
        byte[] bytes => bytes,
        int number => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
        _ => CanonicalJson.Serialize(argument),
    };

    // In memory where there is such a place: nothing of it outlives its history.
    private static string NewDirectory()
    {
        string memory = "/dev/shm";
        string parent = Directory.Exists(memory) ? memory : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(parent, $"history-{Guid.NewGuid():N}")).FullName;
    }
}

/// <summary>The product and the reference do not say the same.</summary>
internal sealed class Disagreement(string message) : Exception(message);
