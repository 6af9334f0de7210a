using System.Text;
using System.Text.RegularExpressions;
using MicroCreds.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>A scenario's listeners to events, by name; one without a name is "".</summary>
internal sealed partial class ScenarioListeners : IAsyncDisposable
{
    private readonly Dictionary<string, IAsyncEnumerator<object>> _listeners = [];
    private InMemoryCheckpointer? _checkpointer;
    private bool _isCheckpointed;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Takes a step that is about events; false if it is about something else.</summary>
    public async Task<bool> TakeAsync(string text, Func<FabricNetwork> network)
    {
        if (text == "I create a checkpointer")
        {
            _checkpointer = new InMemoryCheckpointer();
        }
        else if (Listens().Match(text) is { Success: true } listening)
        {
            _isCheckpointed = text.StartsWith("I use the checkpointer", StringComparison.Ordinal);
            ulong newest = await network().GetNewestBlockNumberAsync(Cancel);
            bool replays = text.StartsWith("I replay", StringComparison.Ordinal);
            Open(network(), listening.Groups[3].Value, listening.Groups[1].Value, replays ? newest : newest + 1);
        }
        else if (Closes().Match(text) is { Success: true } closing)
        {
            await _listeners[closing.Groups[1].Value].DisposeAsync();
        }
        else if (Receives().Match(text) is { Success: true } received)
        {
            await ExpectAsync(received);
        }
        else
        {
            return false;
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners.Values) await listener.DisposeAsync();
    }

    private void Open(FabricNetwork network, string name, string kind, ulong start)
    {
        var options = new EventOptions
        {
            StartBlock = start,
            Checkpointer = _isCheckpointed ? _checkpointer : null,
        };
        _listeners[name] = (kind switch
        {
            "chaincode" => network.GetChaincodeEvents("basic", options, Cancel).Select(one => (object)one),
            "block" => network.GetBlockEvents(options, Cancel).Select(one => (object)one),
            "filtered block" => network.GetFilteredBlockEvents(options, Cancel).Select(one => (object)one),
            _ => network.GetBlockAndPrivateDataEvents(options, Cancel).Select(one => (object)one),
        }).GetAsyncEnumerator(Cancel);
    }

    private async Task ExpectAsync(Match expected)
    {
        var listener = _listeners[expected.Groups[4].Value];
        Assert.True(await listener.MoveNextAsync());
        if (listener.Current is ChaincodeEvent raised)
        {
            Assert.Equal(
                (expected.Groups[2].Value, expected.Groups[3].Value),
                (raised.EventName, Encoding.UTF8.GetString(raised.Payload.Span)));
        }

        if (_isCheckpointed)
        {
            await _checkpointer!.SaveAsync(
                listener.Current switch
                {
                    ChaincodeEvent one => Checkpoint.After(one),
                    MicroCreds.Fabric.Protocol.Common.Block one => Checkpoint.After(one),
                    MicroCreds.Fabric.Protocol.Peer.FilteredBlock one => Checkpoint.After(one),
                    var one => Checkpoint.After((MicroCreds.Fabric.Protocol.Peer.BlockAndPrivateData)one),
                },
                Cancel);
        }
    }

    [GeneratedRegex(
        "^I (?:listen for|replay|use the checkpointer to listen for) (chaincode|block|filtered block|"
        + "block and private data) events(?: from (\\w+))?(?: starting at last committed block)?"
        + "(?: on a listener named \"(\\w+)\")?$")]
    private static partial Regex Listens();

    [GeneratedRegex("^I stop listening for .* events(?: on \"(\\w+)\")?$")]
    private static partial Regex Closes();

    [GeneratedRegex(
        "^I should receive a (chaincode|block|filtered block|block and private data) event"
        + "(?: named \"(.*)\" with payload \"(.*?)\")?(?: on \"(\\w+)\")?$")]
    private static partial Regex Receives();
}
