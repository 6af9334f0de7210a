using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Gives each transaction of a block its validation code, in the steps of a peer. Not thread-safe.</summary>
/// <remarks>
/// Source: Fabric's txvalidator/v20 (form, duplicates, endorsements) and then txmgmt/validation (reads), where the
/// transactions are judged one after the other, each against the writes of the valid ones before it.
/// </remarks>
internal sealed class BlockValidator(
    LedgerReader committed, IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes, BlockUpdates updates)
{
    /// <summary>Returns the codes, and collects the writes of the valid transactions in the updates.</summary>
    public TxValidationCode[] Validate(IReadOnlyList<OrderedTransaction> transactions)
    {
        var codes = new TxValidationCode[transactions.Count];
        var endorsements = new EndorsementValidator(committed, chaincodes);
        var ids = new HashSet<string>();
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = ValidateAlone(transactions[i], endorsements);
        }

        // Only what was good until here takes its id: a broken copy in front does not spoil the real one.
        for (int i = 0; i < codes.Length; i++)
        {
            if (codes[i] == TxValidationCode.Valid && !ids.Add(transactions[i].TransactionId))
            {
                codes[i] = TxValidationCode.DuplicateTxid;
            }
        }

        var reads = new ReadValidator(committed, updates);
        for (int i = 0; i < codes.Length; i++)
        {
            if (codes[i] != TxValidationCode.Valid)
            {
                continue;
            }

            codes[i] = reads.Validate(transactions[i]);
            if (codes[i] == TxValidationCode.Valid)
            {
                updates.Apply(transactions[i], i);
            }
        }

        return codes;
    }

    private TxValidationCode ValidateAlone(OrderedTransaction transaction, EndorsementValidator endorsements)
    {
        if (transaction.FormCode != TxValidationCode.Valid)
        {
            return transaction.FormCode;
        }

        if (committed.TryReadTransaction(transaction.TransactionId, out _))
        {
            return TxValidationCode.DuplicateTxid;
        }

        if (transaction.ContentCode != TxValidationCode.Valid)
        {
            return transaction.ContentCode;
        }

        return endorsements.IsEndorsed(transaction)
            ? TxValidationCode.Valid
            : TxValidationCode.EndorsementPolicyFailure;
    }
}
