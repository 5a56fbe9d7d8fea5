-- 0010: what people are told (通知) is a notification; a notice (公示) is of a rated year.
ALTER TABLE notice RENAME TO notification;
ALTER TABLE notice_read RENAME TO notification_read;
ALTER TABLE notification_read RENAME COLUMN notice TO notification;
ALTER TABLE delivery RENAME COLUMN notice TO notification;
DROP INDEX notice_open;
DROP INDEX notice_read_of;
CREATE INDEX notification_open ON notification (kind) WHERE ended_at IS NULL;
CREATE INDEX notification_read_of ON notification_read (notification);
