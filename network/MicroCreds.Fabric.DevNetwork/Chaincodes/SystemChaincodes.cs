using System.Globalization;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>
/// The chaincodes that are part of every peer and that clients call: qscc, cscc and _lifecycle. Thread-safe.
/// </summary>
internal sealed class SystemChaincodes(ChannelLedger ledger, ChannelAccess access, LifecycleChaincode lifecycle)
{
    /// <summary>The version that endorsements of a system chaincode carry.</summary>
    public const string Version = "syscc";

    private const string QueryChaincode = "qscc";
    private const string ConfigurationChaincode = "cscc";
    private const int Success = 200;
    private const int NotFound = 404;
    private const int Error = 500;

    public static bool Is(string chaincode) =>
        chaincode is QueryChaincode or ConfigurationChaincode or LifecycleChaincode.Name;

    /// <summary>Runs a system chaincode and returns its last message, as a chaincode server would send it.</summary>
    public ChaincodeMessage Invoke(Invocation invocation, string chaincode, ChaincodeInput input)
    {
        Response response;
        try
        {
            byte[] payload = chaincode switch
            {
                QueryChaincode => Query(invocation, input),
                ConfigurationChaincode => Configure(invocation, input),
                _ => lifecycle.Invoke(invocation, input),
            };
            response = new Response { Status = Success, Payload = UnsafeByteOperations.UnsafeWrap(payload) };
        }
        catch (ChaincodeException e)
        {
            response = new Response { Status = Error, Message = e.Message };
        }
        catch (ChaincodeNotDefinedException e)
        {
            response = new Response { Status = NotFound, Message = e.Message };
        }

        return new ChaincodeMessage
        {
            Type = MessageType.Completed,
            Txid = invocation.TransactionId,
            ChannelId = invocation.ChannelId,
            Payload = response.ToByteString(),
        };
    }

    private byte[] Query(Invocation invocation, ChaincodeInput input)
    {
        if (input.Args.Count < 2)
        {
            throw new ChaincodeException($"Incorrect number of arguments, {input.Args.Count}");
        }

        if (invocation.Proposal.Chaincode != QueryChaincode)
        {
            throw new ChaincodeException("Rejecting invoke of QSCC from another chaincode because of potential for "
                + $"deadlocks, original invocation for '{invocation.Proposal.Chaincode}'");
        }

        string function = input.Args[0].ToStringUtf8();
        string channel = input.Args[1].ToStringUtf8();
        if (function != "GetChainInfo" && input.Args.Count < 3)
        {
            throw new ChaincodeException($"missing 3rd argument for {function}");
        }

        if (channel != ledger.ChannelId)
        {
            throw new ChaincodeException($"Invalid chain ID, {channel}");
        }

        if (access.RefuseReader(invocation.Creator) is { } refused)
        {
            throw new ChaincodeException($"access denied for [{function}][{channel}]: [{refused}]");
        }

        return function switch
        {
            "GetChainInfo" => ledger.GetInfo().ToByteArray(),
            "GetBlockByNumber" => GetBlock(input.Args[2].ToStringUtf8()).ToByteArray(),
            "GetBlockByHash" => GetBlockByHash(input.Args[2]).ToByteArray(),
            "GetBlockByTxID" => GetBlockByTransaction(input.Args[2].ToStringUtf8()).ToByteArray(),
            "GetTransactionByID" => GetTransaction(input.Args[2].ToStringUtf8()).ToByteArray(),
            _ => throw new ChaincodeException($"Requested function {function} not found."),
        };
    }

    private byte[] Configure(Invocation invocation, ChaincodeInput input)
    {
        if (input.Args.Count < 1)
        {
            throw new ChaincodeException($"Incorrect number of arguments, {input.Args.Count}");
        }

        string function = input.Args[0].ToStringUtf8();
        if (function != "GetChannels" && input.Args.Count < 2)
        {
            throw new ChaincodeException($"Incorrect number of arguments, {input.Args.Count}");
        }

        if (invocation.Proposal.Chaincode != ConfigurationChaincode)
        {
            throw new ChaincodeException("Rejecting invoke of CSCC from another chaincode, original invocation for "
                + $"'{invocation.Proposal.Chaincode}'");
        }

        switch (function)
        {
            case "GetChannels":
                return new ChannelQueryResponse { Channels = { new ChannelInfo { ChannelId = ledger.ChannelId } } }
                    .ToByteArray();
            case "GetConfigBlock" or "GetChannelConfig":
                string channel = input.Args[1].ToStringUtf8();
                if (channel != ledger.ChannelId)
                {
                    throw new ChaincodeException(
                        $"access denied for [{function}][{channel}]: Failed to get policy manager for channel "
                        + $"[{channel}]");
                }

                if (access.RefuseReader(invocation.Creator) is { } refused)
                {
                    throw new ChaincodeException($"access denied for [{function}][{channel}]: {refused}");
                }

                var block = GetBlock("0");
                return function == "GetConfigBlock" ? block.ToByteArray() : ConfigurationIn(block).ToByteArray();
            default:
                throw new ChaincodeException($"Requested function {function} not found.");
        }
    }

    private static Config ConfigurationIn(Block block)
    {
        var payload = Payload.Parser.ParseFrom(Envelope.Parser.ParseFrom(block.Data.Data[0]).Payload);
        return ConfigEnvelope.Parser.ParseFrom(payload.Data).Config;
    }

    private Block GetBlock(string number) =>
        !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong parsed)
            ? throw new ChaincodeException("Failed to parse block number with error strconv.ParseUint: "
                + $"parsing \"{number}\": invalid syntax")
            : ledger.GetBlock(parsed)
                ?? throw new ChaincodeException($"Failed to get block number {parsed}, error "
                    + $"no such block number [{parsed}] in index");

    private Block GetBlockByHash(ByteString hash)
    {
        for (ulong number = ledger.Height; number-- > 0;)
        {
            var block = ledger.GetBlock(number)!;
            if (hash.Span.SequenceEqual(Protocol.BlockHash.OfHeader(block.Header)))
            {
                return block;
            }
        }

        throw new ChaincodeException($"Failed to get block hash {hash.ToStringUtf8()}, error "
            + $"no such block hash [{Convert.ToHexStringLower(hash.Span)}] in index");
    }

    private Block GetBlockByTransaction(string transactionId) =>
        ledger.TryGetTransaction(transactionId, out var position)
            ? ledger.GetBlock(position.BlockNumber)!
            : throw new ChaincodeException($"Failed to get block for txID {transactionId}, error "
                + $"no such transaction ID [{transactionId}] in index");

    private ProcessedTransaction GetTransaction(string transactionId)
    {
        if (!ledger.TryGetTransaction(transactionId, out var position))
        {
            throw new ChaincodeException($"Failed to get transaction with id {transactionId}, error "
                + $"no such transaction ID [{transactionId}] in index");
        }

        var block = ledger.GetBlock(position.BlockNumber)!;
        return new ProcessedTransaction
        {
            TransactionEnvelope = Envelope.Parser.ParseFrom(block.Data.Data[position.Index]),
            ValidationCode = (int)position.Code,
        };
    }
}
