using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Lifecycle;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>_lifecycle and cscc, as a peer of Fabric 3.1.5 answered the same questions.</summary>
public sealed class SystemChaincodeTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    private const string Unauthorized = "Failed to authorize invocation due to failed ACL check: ";

    [Fact]
    public async Task Lifecycle_ADefinition_HasPolicyPluginsAndEverybodysApproval()
    {
        var response = await AskAsync("User1", "QueryChaincodeDefinition", Named(TwoOfThree));

        var definition = QueryChaincodeDefinitionResult.Parser.ParseFrom(response.Payload);
        Assert.Equal(
            (1L, "1.0", "escc", "vscc", false),
            (definition.Sequence, definition.Version, definition.EndorsementPlugin, definition.ValidationPlugin,
                definition.InitRequired));
        var policy = ApplicationPolicy.Parser.ParseFrom(definition.ValidationParameter).SignaturePolicy;
        Assert.Equal((2, 3), (policy.Rule.NOutOf.N, policy.Identities.Count));
        Assert.NotNull(definition.Collections);
        Assert.Equal([Alpha, Beta, Gamma], definition.Approvals.Keys.Order(StringComparer.Ordinal));
        Assert.All(definition.Approvals.Values, Assert.True);
    }

    [Fact]
    public async Task Lifecycle_AllDefinitions_AreTheChannels()
    {
        var response = await AskAsync("User1", "QueryChaincodeDefinitions", new QueryChaincodeDefinitionsArgs());

        var definitions = QueryChaincodeDefinitionsResult.Parser.ParseFrom(response.Payload).ChaincodeDefinitions;
        Assert.Equal(
            [All, AnyOne, TwoOfThree, Nowhere, OnlyBeta],
            definitions.Select(definition => definition.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lifecycle_UnknownChaincode_Is404() =>
        Assert.Equal(
            (404, "namespace nope is not defined"),
            Outcome(await AskAsync("User1", "QueryChaincodeDefinition", Named("nope"))));

    [Fact]
    public async Task Lifecycle_WhatThePeerRuns_IsForItsOwnAdmins()
    {
        var installed = QueryInstalledChaincodesResult.Parser.ParseFrom(
            (await AskAsync("Admin", "QueryInstalledChaincodes", new QueryInstalledChaincodesArgs())).Payload);

        var package = Assert.Single(installed.InstalledChaincodes, package => package.Label == $"{TwoOfThree}_1.0");
        Assert.StartsWith($"{TwoOfThree}_1.0:", package.PackageId, StringComparison.Ordinal);
        Assert.Equal(TwoOfThree, package.References[Channel].Chaincodes.Single().Name);
        Assert.DoesNotContain(installed.InstalledChaincodes, package => package.Label == $"{OnlyBeta}_1.0");
        Assert.Equal(
            (500, Unauthorized + "Failed verifying that proposal's creator satisfies local MSP principal during "
                + "channelless check policy with policy [Admins]: [The identity is not an admin under this MSP "
                + $"[{Alpha}]: The identity does not contain OU [ADMIN], MSP: [{Alpha}]]"),
            Outcome(await AskAsync("User1", "QueryInstalledChaincodes", new QueryInstalledChaincodesArgs())));
    }

    [Fact]
    public async Task Lifecycle_WhatTheOrganizationApproved_NamesItsPackage()
    {
        var approved = QueryApprovedChaincodeDefinitionResult.Parser.ParseFrom((await AskAsync(
            "Admin", "QueryApprovedChaincodeDefinition", Approved(TwoOfThree, 1))).Payload);

        Assert.StartsWith($"{TwoOfThree}_1.0:", approved.Source.LocalPackage.PackageId, StringComparison.Ordinal);
        Assert.Equal(
            (500, "failed to invoke backing implementation of 'QueryApprovedChaincodeDefinition': could not fetch "
                + $"approved chaincode definition (name: '{TwoOfThree}', sequence: '2') on channel '{Channel}'"),
            Outcome(await AskAsync("Admin", "QueryApprovedChaincodeDefinition", Approved(TwoOfThree, 2))));
        Assert.Equal(
            (500, "failed to invoke backing implementation of 'QueryInstalledChaincode': could not find chaincode with "
                + "package id 'x'"),
            Outcome(await AskAsync(
                "Admin", "QueryInstalledChaincode", new QueryInstalledChaincodeArgs { PackageId = "x" })));
    }

    [Theory]
    [InlineData("Nope", Unauthorized + "Unmapped policy for _lifecycle/Nope")]
    [InlineData(
        "QueryChaincodeDefinition",
        "failed to invoke backing implementation of 'QueryChaincodeDefinition': could not decode input arg for "
            + "*lifecycle.Invocation.QueryChaincodeDefinition: proto: cannot parse invalid wire-format data")]
    public async Task Lifecycle_BadQuestions_AreAnsweredAsByARealPeer(string function, string message) =>
        Assert.Equal((500, message), Outcome(await AskAsync("User1", function, garbage: true)));

    [Fact]
    public async Task Lifecycle_ArgumentsMissing_IsSaid()
    {
        var caller = network.Caller(chaincode: "_lifecycle");

        var answer = await ProcessAsync(caller, caller.Draft("QueryChaincodeDefinitions"));

        Assert.Equal(
            (500, "lifecycle scc operations require exactly two arguments but received 1"),
            (answer.Response.Status, answer.Response.Message));
    }

    [Fact]
    public async Task ChannelConfiguration_IsTheOneOfTheConfigurationBlock()
    {
        var caller = network.Caller(chaincode: "cscc", user: "peer");

        var response = await caller.EvaluateAsync(caller.Draft("GetChannelConfig", Channel));

        var config = Config.Parser.ParseFrom(response.Payload);
        Assert.Equal(0UL, config.Sequence);
        Assert.Equal(["Application", "Orderer"], config.ChannelGroup.Groups.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Channelless_ProposalOfAnotherOrganization_IsMalformedToThePeer()
    {
        var caller = network.Caller(chaincode: "cscc");
        var stranger = network.Caller(chaincode: "cscc", mspId: Beta);
        var own = caller.Draft("GetChannels");
        var foreign = stranger.Draft("GetChannels");
        own.Channel.ChannelId = foreign.Channel.ChannelId = "";

        var answer = await ProcessAsync(caller, own);

        Assert.Equal(200, answer.Response.Status);
        await FailsAsync(
            async () => await caller.Endorser.ProcessProposalAsync(stranger.Sign(foreign)),
            Grpc.Core.StatusCode.Unknown,
            "error validating proposal: access denied: channel [] creator org unknown, creator is malformed");
    }

    [Fact]
    public async Task Channelless_ProposalForAnotherChaincode_HasNoChannelConfiguration()
    {
        var caller = network.Caller();
        var draft = caller.Draft("get", "k");
        draft.Channel.ChannelId = "";

        var answer = await ProcessAsync(caller, draft);

        Assert.Equal(
            (500, $"make sure the chaincode {TwoOfThree} has been successfully defined on channel  and try again: "
                + "could not get channel config for channel ''"),
            (answer.Response.Status, answer.Response.Message));
    }

    private static QueryChaincodeDefinitionArgs Named(string chaincode) => new() { Name = chaincode };

    private static QueryApprovedChaincodeDefinitionArgs Approved(string chaincode, long sequence) =>
        new() { Name = chaincode, Sequence = sequence };

    private static (int, string) Outcome(Response response) => (response.Status, response.Message);

    private static async Task<ProposalResponse> ProcessAsync(GatewayCaller caller, ProposalDraft draft) =>
        await caller.Endorser.ProcessProposalAsync(
            caller.Sign(draft), cancellationToken: TestContext.Current.CancellationToken);

    private async Task<Response> AskAsync(
        string user, string function, IMessage? argument = null, bool garbage = false)
    {
        var caller = network.Caller(chaincode: "_lifecycle", user: user);
        var draft = caller.Draft(function);
        draft.Invocation.ChaincodeSpec.Input.Args.Add(
            garbage ? ByteString.CopyFrom(0xFF, 0xFF) : argument!.ToByteString());
        return (await ProcessAsync(caller, draft)).Response;
    }
}
