using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Membership;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// An institution joins a channel whose members share no keys: it asks, each member signs for itself, one brings the
/// signatures to the channel, and the newcomer's own peer joins. Files go between them; keys stay where they are.
/// </summary>
internal static class Membership
{
    private static readonly TimeSpan TakenTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The newcomer's first step: its keys, and its request.</summary>
    public static async Task<int> RequestAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("request-membership", args, "--institution", "--file");
        string description = Needed("request-membership", options, "--institution", "which file describes who joins");
        string file = Path.GetFullPath(Needed("request-membership", options, "--file", "where the request goes"));
        var request = await new MembershipJoining(options["--state"]).RequestAsync(
            NewcomerFile.Read(description), cancellation);
        ExchangeFile.Write(file, request);
        Console.WriteLine($"{file} holds the certificates of {request.Organization.MspId}, and no key; those stay in "
            + $"{options["--state"]}.\nSend it to every member, and these lines by another way, to be compared:");
        Print(request.Describe());
        return 0;
    }

    /// <summary>A member's step: looks at the request and signs, with its own admin's key.</summary>
    public static async Task<int> SignAsync(string[] args, CancellationToken cancellation)
    {
        const string verb = "sign-request";
        var options = StateOption.Parse(verb, args, "--request", "--member", "--file");
        string file = Path.GetFullPath(Needed(verb, options, "--file", "where the signature goes"));
        var request = MembershipRequest.Read(Needed(verb, options, "--request", "which request"));
        using var member = Member.Open(options);
        var rules = await ChannelRules.ReadAsync(member.Connection.Network, cancellation);
        if (rules.Members.Contains(request.Organization.MspId))
        {
            Console.WriteLine($"{request.Organization.MspId} is a member already: there is nothing to sign.");
            return 0;
        }

        byte[] update = rules.ComputeAdmission(member.Known.Consortium.Channel, request);
        var now = TimeProvider.System.GetUtcNow();
        if (File.Exists(file) && ExchangeFile.Read<MembershipSignature>(file, MembershipSignature.MadeBy) is { } before
            && before.MspId == member.MspId && before.FindFaults(update, rules, now).Count == 0)
        {
            Console.WriteLine($"{file} is the signature of {member.MspId} on this request already.");
            return 0;
        }

        ExchangeFile.Write(file, MembershipSignature.Make(request.Organization.MspId, update, member.Admin));
        Console.WriteLine($"{member.MspId} signed in {file} that the channel takes in, and changes nothing else:");
        Print(request.Describe());
        Console.WriteLine($"Send it to who submits; the channel asks for {rules.NeededSignatures} of "
            + $"{rules.Members.Count} members.");
        return 0;
    }

    /// <summary>One member's step for all: looks at the signatures, submits, writes what the newcomer needs.</summary>
    public static async Task<int> AdmitAsync(string[] args, CancellationToken cancellation)
    {
        const string verb = "admit-institution";
        var options = StateOption.Parse(verb, args, "--request", "--signatures", "--member", "--file");
        string file = Path.GetFullPath(Needed(verb, options, "--file", "where the admission goes"));
        var request = MembershipRequest.Read(Needed(verb, options, "--request", "which request"));
        string mspId = request.Organization.MspId;
        using var member = Member.Open(options);
        var rules = await ChannelRules.ReadAsync(member.Connection.Network, cancellation);
        if (rules.Members.Contains(mspId))
        {
            Console.WriteLine($"{mspId} is a member already.");
        }
        else
        {
            byte[] update = rules.ComputeAdmission(member.Known.Consortium.Channel, request);
            string signatures = Needed(verb, options, "--signatures", "which directory holds the signatures");
            var agreed = SignatureSet.Read(signatures, update, rules, TimeProvider.System.GetUtcNow());
            var change = ChannelSubmission.Envelope(member.Known.Consortium.Channel, update, agreed, member.Admin);
            await ChannelSubmission.SubmitAsync(
                change, member.Known.Consortium, rules.OrdererTlsAuthorities, cancellation);
            rules = await WaitUntilTakenAsync(member, mspId, cancellation);
            Console.WriteLine($"The channel has taken {mspId} in, agreed to by "
                + $"{string.Join(", ", agreed.Select(signature => signature.MspId))}.");
        }

        var known = member.Known.With(request.Organization);
        known.Write();
        ExchangeFile.Write(file, MembershipAdmission.Of(mspId, known, rules));
        Console.WriteLine($"{file} tells it where the orderers are and what runs on the channel; it holds no key. "
            + "With it, scripts/join-consortium.sh goes on at the newcomer.");
        return 0;
    }

    /// <summary>The newcomer's last step: its peer joins, its gateway answers.</summary>
    public static async Task<int> JoinAsync(string[] args, CancellationToken cancellation)
    {
        const string verb = "join-consortium";
        var options = StateOption.Parse(verb, args, "--admission");
        var admission = ExchangeFile.Read<MembershipAdmission>(
            Needed(verb, options, "--admission", "which admission"), MembershipAdmission.MadeBy);
        var entry = await new MembershipJoining(options["--state"]).JoinAsync(admission, cancellation);
        Console.WriteLine($"{entry.Name} is a member: {entry.GatewayUrl}");
        Console.WriteLine("Its endorsement counts once the members name it in scripts/upgrade.sh --policy.");
        return 0;
    }

    private static async Task<ChannelRules> WaitUntilTakenAsync(
        Member member, string mspId, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TakenTimeout);
        while (true)
        {
            var rules = await ChannelRules.ReadAsync(member.Connection.Network, deadline.Token);
            if (rules.Members.Contains(mspId))
            {
                return rules;
            }

            await Task.Delay(PollInterval, deadline.Token);
        }
    }

    private static void Print(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.WriteLine($"  {line}");
        }
    }

    private static string Needed(string verb, Dictionary<string, string> options, string name, string what) =>
        options.GetValueOrDefault(name) ?? throw new OperatorException($"{verb}: say {what}: {name}.");

    /// <summary>A member with its own keys and its own peer.</summary>
    private sealed class Member : IDisposable
    {
        public required NetworkState Known { get; init; }

        public required Admin Admin { get; init; }

        public required InstitutionConnection Connection { get; init; }

        public string MspId => Admin.MspId;

        /// <exception cref="OperatorException">It is not said who, or the state is not that one's.</exception>
        public static Member Open(Dictionary<string, string> options)
        {
            var known = NetworkState.Open(options["--state"]);
            if (known.Engine is not NativeEngine)
            {
                throw new OperatorException(
                    $"Members that share no keys each run their own, on the engine {NativeEngine.EngineName}; "
                    + $"\"{known.Engine.Name}\" runs all of them: scripts/add-institution.sh takes one in there.");
            }

            OrganizationSettings[] own = [.. known.Consortium.OwnOrganizations()];
            string mspId = options.GetValueOrDefault("--member") ?? (own.Length == 1 ? own[0].MspId
                : throw new OperatorException(
                    $"Say who signs: --member is one of {string.Join(", ", own.Select(o => o.MspId))}."));
            var organization = own.SingleOrDefault(o => o.MspId == mspId) ?? throw new OperatorException(
                $"{known.State} has no keys of {mspId}, but of {string.Join(", ", own.Select(o => o.MspId))}.");
            var entry = known.Network.Institutions.Single(institution => institution.MspId == mspId);
            return new Member
            {
                Known = known,
                Admin = new Admin(mspId, new OrganizationFiles(known.State, organization.Domain)),
                Connection = new InstitutionConnection(known.Network, entry),
            };
        }

        public void Dispose()
        {
            Admin.Dispose();
            Connection.Dispose();
        }
    }
}
