using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>Takes the steps of one scenario.</summary>
internal sealed partial class ScenarioWorld(ScenarioNetworks networks, string features) : IAsyncDisposable
{
    private readonly Dictionary<string, ScenarioGateway> _gateways = [];
    private readonly ScenarioListeners _listeners = new();
    private ScenarioNetwork? _network;
    private bool _isNetworkChanged;
    private ScenarioGateway? _gateway;
    private string _contract = "";
    private ScenarioCall? _call;

    private ScenarioNetwork Network => _network ?? throw new InvalidOperationException("Nothing is deployed.");

    private ScenarioGateway Gateway => _gateway ?? throw new InvalidOperationException("No gateway is connected.");

    private ScenarioCall Call => _call ?? throw new InvalidOperationException("No transaction is prepared.");

    public async Task TakeAsync(ScenarioStep step)
    {
        string text = step.Text;
        if (!await ArrangeAsync(text) && !await ActAsync(step) && !Expect(step)
            && !await _listeners.TakeAsync(text, () => Gateway.Network))
        {
            Assert.Fail($"The step is not known: {text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
        foreach (var gateway in _gateways.Values)
        {
            gateway.Dispose();
        }

        if (_network is not null) await networks.ReturnAsync(_network, _isNetworkChanged);
    }

    private async Task<bool> ArrangeAsync(string text)
    {
        if (text is "I have deployed a Fabric network" or "I have created and joined all channels"
            or $"I use the {ScenarioNetwork.Channel} network")
        {
            return true;
        }

        if (Deploys().Match(text) is { Success: true } deployed)
        {
            _network = await networks.GetAsync(
                deployed.Groups[1].Value, deployed.Groups[2].Value, features);
        }
        else if (Creates().Match(text) is { Success: true } created)
        {
            _gateway = _gateways[created.Groups[1].Value] = new ScenarioGateway(
                Network, created.Groups[4].Value, created.Groups[3].Value, created.Groups[2].Length == 0);
        }
        else if (Connects().Match(text) is { Success: true } connected)
        {
            Gateway.Connect(connected.Groups[1].Value);
        }
        else if (UsesGateway().Match(text) is { Success: true } chosen)
        {
            _gateway = _gateways[chosen.Groups[1].Value];
        }
        else if (UsesContract().Match(text) is { Success: true } used)
        {
            _contract = used.Groups[1].Value;
        }
        else if (Stops().Match(text) is { Success: true } stopped)
        {
            _isNetworkChanged = true;
            await Network.StopPeerAsync(stopped.Groups[1].Value);
        }
        else
        {
            return false;
        }

        return true;
    }

    private async Task<bool> ActAsync(ScenarioStep step)
    {
        if (Prepares().Match(step.Text) is { Success: true } prepared)
        {
            _call = new ScenarioCall(
                Gateway, _contract, prepared.Groups[2].Value, isSubmit: prepared.Groups[1].Value == "submit");
        }
        else if (Lists().Match(step.Text) is { Success: true } listed)
        {
            string[] values = JsonSerializer.Deserialize<string[]>(listed.Groups[2].Value)!;
            Call.Options = listed.Groups[1].Value == "transaction arguments"
                ? Call.Options with { Arguments = [.. values.Select(value => (TransactionArgument)value)] }
                : Call.Options with { EndorsingOrganizations = values };
        }
        else if (step.Text == "I set transient data on the transaction to")
        {
            Call.Options = Call.Options with
            {
                Transient = step.Table.ToDictionary(
                    row => row[0], row => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(row[1])),
            };
        }
        else if (Signs().Match(step.Text) is { Success: true } signed)
        {
            Call.SignsAs(signed.Groups[2].Value, signed.Groups[1].Value);
        }
        else if (step.Text == "I invoke the transaction")
        {
            await Call.InvokeAsync();
        }
        else if (step.Text == "the transaction invocation should fail")
        {
            Call.Failure = await Assert.ThrowsAnyAsync<Exception>(Call.InvokeAsync);
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool Expect(ScenarioStep step)
    {
        if (Responds().Match(step.Text) is { Success: true } responded)
        {
            Assert.Equal(responded.Groups[1].Value, Call.Result);
        }
        else if (step.Text == "the response should be JSON matching")
        {
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(step.Document), JsonNode.Parse(Call.Result)), Call.Result);
        }
        else if (HasStatus().Match(step.Text) is { Success: true } status)
        {
            Assert.Equal(status.Groups[1].Value.Replace("_", "", StringComparison.Ordinal),
                Call.Refusal.StatusCode.ToString().ToUpperInvariant());
        }
        else if (HasMessage().Match(step.Text) is { Success: true } message)
        {
            Assert.Contains(message.Groups[1].Value, Call.Refusal.Message, StringComparison.Ordinal);
        }
        else if (step.Text == "the error details should be")
        {
            ExpectDetails(step.Table);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>As Go's and Java's runners see it: each expected peer, and no other, with its words.</summary>
    private void ExpectDetails(IReadOnlyList<string[]> expected)
    {
        string said = string.Join('\n', Call.Refusal.Details);
        Assert.True(expected.Count == Call.Refusal.Details.Count, said);
        foreach (string[] row in expected)
        {
            string endpoint = Network.EndpointOf(row[0][..row[0].IndexOf(':', StringComparison.Ordinal)]);
            var detail = Call.Refusal.Details.SingleOrDefault(one => one.Address == endpoint);
            Assert.True(detail is not null, $"{row[0]} ({endpoint}) is missing:\n{said}");
            Assert.Equal(row[1], detail.MspId);
            Assert.Contains(row[2], detail.Message, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("^I deploy \\w+ chaincode named (\\w+) at version .* with endorsement policy (.*)$")]
    private static partial Regex Deploys();

    [GeneratedRegex("^I create a gateway named (\\w+)( without signer)? for user (\\w+) in MSP (\\w+)$")]
    private static partial Regex Creates();

    [GeneratedRegex("^I connect the gateway to (\\S+)$")]
    private static partial Regex Connects();

    [GeneratedRegex("^I use the gateway named (\\w+)$")]
    private static partial Regex UsesGateway();

    [GeneratedRegex("^I use the (\\w+) contract$")]
    private static partial Regex UsesContract();

    [GeneratedRegex("^I stop the peer named (\\S+)$")]
    private static partial Regex Stops();

    [GeneratedRegex("^I prepare to (submit|evaluate) an? (\\w+) transaction$")]
    private static partial Regex Prepares();

    [GeneratedRegex("^I set the (transaction arguments|endorsing organizations) to (.*)$")]
    private static partial Regex Lists();

    [GeneratedRegex("^I do off-line signing as user (\\w+) in MSP (\\w+)$")]
    private static partial Regex Signs();

    [GeneratedRegex("^the response should be \"(.*)\"$")]
    private static partial Regex Responds();

    [GeneratedRegex("^the error status should be (\\w+)$")]
    private static partial Regex HasStatus();

    [GeneratedRegex("^the error message should contain \"(.*)\"$")]
    private static partial Regex HasMessage();
}
